import { mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { openWorkspace } from '../../engine/index.js';
import type { Mailbox } from '../../remote/mailbox.js';
import { environmentVariable, workingFolder } from '../../system/environment.js';
import { attempt, remove } from '../../system/files.js';
import type { Session } from '../session.js';
import { mailboxFor } from '../share.js';
import type { Handover, SweepPlan } from './document.js';
import { parseCacheReference, readHandover, type CacheReference } from './handover.js';
import { emptied, handoverAddress, type HandoverLetter } from './post.js';
import { movedPlan, placeBelow, placeFiles } from './travel.js';

/** What a host is given to do. */
export interface GivenHandover {
  readonly handover: Handover;
  readonly plan: SweepPlan;
  /** Where outcomes are left: the sweep's folder, or what stands for it on this host. Absolute. */
  readonly sweepFolder: string;
  /** The folder to work in. */
  readonly folder: string;
  /** Where outcomes have to be sent. */
  readonly mailbox?: Mailbox;
}

/**
 * Takes a handover: by the path of its file, or out of the shared cache (`cache:...`), where its files come along.
 * @param purpose tells those of one handover apart that are taken at the same time: `3`, `ready`
 */
export async function takeHandover(
  session: Session,
  named: string,
  purpose: string,
): Promise<Result<GivenHandover, Failure>> {
  const reference = parseCacheReference(named);
  if (reference !== undefined) {
    return outOfCache(session, reference, purpose);
  }
  const read = readHandover(resolve(workingFolder(), named));
  if (!read.ok) {
    return read;
  }
  const { handover, sweepFolder } = read.value;
  const path = join(sweepFolder, 'plan.json');
  const plan = attempt(path, () => JSON.parse(readFileSync(path, 'utf8')) as SweepPlan);
  return plan.ok ? success({ handover, plan: plan.value, sweepFolder, folder: handover.workingFolder }) : plan;
}

async function outOfCache(
  session: Session,
  { sweep, number, workspace: place }: CacheReference,
  purpose: string,
): Promise<Result<GivenHandover, Failure>> {
  const workspace = openWorkspace(join(place, nodeName()));
  const opened = workspace.ok ? await mailboxFor(workspace.value.folder) : workspace;
  if (!workspace.ok || !opened.ok) {
    return failed(workspace.ok ? (opened as { failure: Failure }).failure : workspace.failure);
  }
  const mailbox = opened.value((text) => session.errors.write(`${text}\n`));
  const top = join(workspace.value.folder, 'sweeps', sweep, `handover-${number}-${purpose}`);
  const made = attempt(top, () => emptied(top));
  const received = made.ok
    ? await mailbox.receive(handoverAddress(sweep, number), join(top, 'letter'), session.interruption())
    : 'nothing';
  if (received === 'nothing' || 'trouble' in received) {
    const detail = received === 'nothing' ? 'has no such handover' : received.trouble;
    attempt(top, () => remove(top));
    return made.ok ? failed({ reason: 'letter-not-there', host: mailbox.host, detail }) : made;
  }
  const given = unpacked(received.text as unknown as HandoverLetter, top);
  if (!given.ok) {
    attempt(top, () => remove(top));
    return given;
  }
  return success({ ...given.value, mailbox });
}

function unpacked({ handover, plan, files }: HandoverLetter, top: string): Result<GivenHandover, Failure> {
  const root = join(top, 'files');
  const folder = placeBelow(root, handover.workingFolder);
  if (!folder.ok) {
    return folder;
  }
  const placed = attempt(top, () => {
    mkdirSync(folder.value, { recursive: true });
    mkdirSync(join(top, 'arrived'));
    const done = placeFiles(files, { from: join(top, 'letter'), root });
    remove(join(top, 'letter'));
    return done;
  });
  if (!placed.ok || !placed.value.ok) {
    return failed(placed.ok ? (placed.value as { failure: Failure }).failure : placed.failure);
  }
  return success({ handover, plan: movedPlan(plan, root), sweepFolder: top, folder: folder.value });
}

/** Throws away what a handover out of the shared cache has brought. */
export function dropHandover({ mailbox, sweepFolder }: GivenHandover): void {
  if (mailbox !== undefined) {
    attempt(sweepFolder, () => remove(sweepFolder));
  }
}

/** By which name this host has a workspace: nodes that one machine plays are apart. */
export function nodeName(): string {
  const name = environmentVariable('BOOTLAP_NODE') ?? environmentVariable('SLURMD_NODENAME') ?? hostname();
  return name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
}

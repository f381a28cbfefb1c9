import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Step } from '../../core/step.js';
import { openWorkspace, takeLock, type Lock } from '../../engine/index.js';
import { enterFolder, environmentVariable } from '../../system/environment.js';
import { ourBoot } from '../../system/detached.js';
import { attempt, remove, uniqueSuffix, writeFileAtomically } from '../../system/files.js';
import type { Session } from '../session.js';
import { shareFor } from '../share.js';
import type { HandedPlace, SweepJob } from './document.js';
import { dropHandover, nodeName, takeHandover, type GivenHandover } from './given.js';
import { carryOutJob } from './job.js';
import { sweepShare, withPinsShared } from './job-share.js';
import { hasArrived, isGivenUp, leaveParcel, packParcel, stagedParcel } from './parcel.js';
import { sendOutcome } from './post.js';
import { SweepFolder } from './state.js';
import { ownVersion } from '../version.js';

/** What came of a job that has left its outcome: `failed` is a build that went wrong. */
type JobEnd = 'through' | 'failed';

/** A job as an executor calls it: `bootlap sweep job HANDOVER INDEX`. */
export interface CalledJob {
  readonly session: Session;
  /** Path of a handover's file, or what it is called in the shared cache. */
  readonly handover: string;
  /** From 0. */
  readonly index: number;
}

/**
 * Carries one job of a handover out on this host, in a workspace of this host's own, and leaves its outcome where the front
 * end finds it. Fails where there is none to leave: the job was interrupted, or something stood in its way.
 */
export async function carryOutElsewhere({
  session,
  handover: named,
  index,
}: CalledJob): Promise<Result<JobEnd, Failure>> {
  const given = await takeHandover(session, named, String(index));
  if (!given.ok) {
    return given;
  }
  const job = given.value.handover.jobs[index];
  if (job === undefined) {
    return failed({ reason: 'usage', message: `${named} has no job ${index}` });
  }
  const { folder } = given.value;
  const entered = attempt(folder, () => enterFolder(folder));
  const done = entered.ok ? await onThisHost({ ...given.value, session, index, job }) : entered;
  dropHandover(given.value);
  return done;
}

/** What a host says of itself when it is asked whether it is ready. */
export interface Ready {
  /** Two names with the same machine are one. */
  readonly machine: string;
  readonly version: string;
}

/**
 * Says on standard output that this host can carry out the jobs of a handover. Fails where it cannot: it does not see the
 * sweep's folder, or may not write there or where jobs are to have their workspace.
 */
export async function tellReady(session: Session, named: string): Promise<Result<void, Failure>> {
  const given = await takeHandover(session, named, `ready-${uniqueSuffix()}`);
  if (!given.ok) {
    return given;
  }
  const staged = stagedParcel(given.value.sweepFolder);
  const written = attempt(staged, () => {
    writeFileAtomically(staged, '');
    remove(staged);
  });
  dropHandover(given.value);
  const workspace = written.ok ? openWorkspace(join(given.value.plan.hosts.workspace, nodeName())) : written;
  if (workspace.ok) {
    const ready: Ready = { machine: `${ourBoot().bootId} ${nodeName()}`, version: ownVersion() };
    session.output.write(`${JSON.stringify(ready)}\n`);
  }
  return workspace.ok ? success(undefined) : workspace;
}

/** What a host has answered; `undefined` where it was something else. What a login shell says before it is passed over. */
export function parseReady(text: string): Ready | undefined {
  try {
    const { machine, version } = JSON.parse(text.trim().split('\n').at(-1) ?? '') as Partial<Ready>;
    return typeof machine === 'string' && typeof version === 'string' ? { machine, version } : undefined;
  } catch {
    return undefined;
  }
}

interface Work extends GivenHandover {
  readonly session: Session;
  readonly index: number;
  readonly job: SweepJob;
}

async function onThisHost(work: Work): Promise<Result<JobEnd, Failure>> {
  const { session, plan, handover } = work;
  const workspace = openWorkspace(join(plan.hosts.workspace, nodeName()));
  if (!workspace.ok) {
    return workspace;
  }
  const here = SweepFolder.onHost(workspace.value.folder, handover.sweep);
  if (!here.ok) {
    return here;
  }
  const lock = await takeLock({
    folder: workspace.value.folder,
    command: session.commandLine,
    wait: true,
    signal: session.interruption(),
    onWait: ({ pid, command }) => session.errors.write(`waiting for the end of process ${pid}: ${command}\n`),
  });
  if (!lock.ok) {
    return lock;
  }
  try {
    return await withLock(work, { here: here.value, workspace: workspace.value.folder, lock: lock.value });
  } finally {
    await lock.value.release();
  }
}

interface Here {
  readonly here: SweepFolder;
  readonly workspace: string;
  readonly lock: Lock;
}

async function withLock(work: Work, { here, workspace, lock }: Here): Promise<Result<JobEnd, Failure>> {
  const { session, plan, handover, index, job, sweepFolder, mailbox } = work;
  const place = { number: handover.number, index };
  const settled = settledWord(sweepFolder, place);
  if (settled !== undefined) {
    session.output.write(`${job.id} ${settled}: there is nothing left to do\n`);
    return success('through');
  }
  const share =
    mailbox === undefined
      ? await sweepShare({ sweepFolder, workspace, memory: join(here.path, 'shared') })
      : await shareFor({}, { workspace });
  if (!share.ok) {
    return share;
  }
  const builders = handover.builders ?? environmentVariable('SLURM_CPUS_PER_TASK');
  const options = { wait: true, ...(builders === undefined ? {} : { jobs: builders }) };
  const manner = { session, options, offline: handover.offline, keepGoing: false, lock, share: share.value };
  const onPart = (text: string): void => session.output.write(`${text}\n`);
  const adapt = (steps: readonly Step[]): readonly Step[] => withPinsShared(steps, handover.sweep);
  const done = await carryOutJob(job, { folder: here, plan, workspace, manner, onPart, adapt, node: nodeName() });
  if (!done.ok || session.interruption().aborted) {
    return done.ok ? failed({ reason: 'interrupted' }) : done;
  }
  return leaveOutcome(work, here);
}

/** What came of a job, put where the front end finds it as a whole or not at all. */
async function leaveOutcome(work: Work, here: SweepFolder): Promise<Result<JobEnd, Failure>> {
  const { session, handover, index, job, sweepFolder, mailbox } = work;
  const place = { number: handover.number, index };
  const staged = stagedParcel(sweepFolder);
  const packed = packParcel(job, here, staged);
  if (!packed.ok || !packed.value) {
    attempt(staged, () => remove(staged));
    return packed.ok ? failed({ reason: 'job-outcome-missing', job: job.id, folder: here.path }) : packed;
  }
  const left =
    mailbox === undefined
      ? leaveParcel(staged, sweepFolder, place)
      : await sendOutcome(mailbox, { sweep: handover.sweep, place, parcel: staged }, session.interruption());
  const hasFailed = job.kind === 'build' && here.builds().get(job.id)?.status === 'failed';
  if (left.ok && job.kind === 'measure') {
    attempt(here.path, () => here.dropFigures(job.cells));
  }
  return left.ok ? success(hasFailed ? 'failed' : 'through') : left;
}

/** Why a job need not be carried out (any more). */
function settledWord(sweepFolder: string, place: HandedPlace): string | undefined {
  if (isGivenUp(sweepFolder, place)) {
    return 'was given up';
  }
  return hasArrived(sweepFolder, place) ? 'has been carried out' : undefined;
}

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Step } from '../../core/step.js';
import { openWorkspace, takeLock, type Lock } from '../../engine/index.js';
import { enterFolder, environmentVariable } from '../../system/environment.js';
import { ourBoot } from '../../system/detached.js';
import { attempt, remove, writeFileAtomically } from '../../system/files.js';
import type { Session } from '../session.js';
import type { HandedPlace, Handover, SweepJob, SweepPlan } from './document.js';
import { readHandover } from './handover.js';
import { carryOutJob } from './job.js';
import { sweepShare, withPinsShared } from './job-share.js';
import { hasArrived, isGivenUp, leaveParcel, packParcel, stagedParcel } from './parcel.js';
import { SweepFolder } from './state.js';
import { ownVersion } from '../version.js';

/** What came of a job that has left its outcome: `failed` is a build that went wrong. */
type JobEnd = 'through' | 'failed';

/** A job as an executor calls it: `bootlap sweep job HANDOVER INDEX`. */
export interface CalledJob {
  readonly session: Session;
  /** Absolute path of a handover's file. */
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
  handover: path,
  index,
}: CalledJob): Promise<Result<JobEnd, Failure>> {
  const read = readHandover(path);
  if (!read.ok) {
    return read;
  }
  const { handover, sweepFolder } = read.value;
  const job = handover.jobs[index];
  const plan = planOf(sweepFolder);
  if (job === undefined || !plan.ok) {
    return plan.ok ? failed({ reason: 'usage', message: `${path} has no job ${index}` }) : plan;
  }
  const entered = attempt(handover.workingFolder, () => enterFolder(handover.workingFolder));
  return entered.ok ? onThisHost({ session, handover, index, job, plan: plan.value, sweepFolder }) : entered;
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
export function tellReady(session: Session, handover: string): Result<void, Failure> {
  const read = readHandover(handover);
  const plan = read.ok ? planOf(read.value.sweepFolder) : read;
  if (!read.ok || !plan.ok) {
    return read.ok ? failed((plan as { failure: Failure }).failure) : read;
  }
  const staged = stagedParcel(read.value.sweepFolder);
  const written = attempt(staged, () => {
    writeFileAtomically(staged, '');
    remove(staged);
  });
  const workspace = written.ok ? openWorkspace(join(plan.value.hosts.workspace, nodeName())) : written;
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

function planOf(sweepFolder: string): Result<SweepPlan, Failure> {
  const path = join(sweepFolder, 'plan.json');
  return attempt(path, () => JSON.parse(readFileSync(path, 'utf8')) as SweepPlan);
}

interface Work {
  readonly session: Session;
  readonly handover: Handover;
  readonly index: number;
  readonly job: SweepJob;
  readonly plan: SweepPlan;
  /** The front end's, absolute. */
  readonly sweepFolder: string;
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
  const { session, plan, handover, index, job, sweepFolder } = work;
  const place = { number: handover.number, index };
  const settled = settledWord(sweepFolder, place);
  if (settled !== undefined) {
    session.output.write(`${job.id} ${settled}: there is nothing left to do\n`);
    return success('through');
  }
  const share = await sweepShare({ sweepFolder, workspace, memory: join(here.path, 'shared') });
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
function leaveOutcome({ handover, index, job, sweepFolder }: Work, here: SweepFolder): Result<JobEnd, Failure> {
  const staged = stagedParcel(sweepFolder);
  const packed = packParcel(job, here, staged);
  if (!packed.ok || !packed.value) {
    attempt(staged, () => remove(staged));
    return packed.ok ? failed({ reason: 'job-outcome-missing', job: job.id, folder: here.path }) : packed;
  }
  const left = leaveParcel(staged, sweepFolder, { number: handover.number, index });
  const hasFailed = job.kind === 'build' && here.builds().get(job.id)?.status === 'failed';
  return left.ok ? success(hasFailed ? 'failed' : 'through') : left;
}

/** Why a job need not be carried out (any more). */
function settledWord(sweepFolder: string, place: HandedPlace): string | undefined {
  if (isGivenUp(sweepFolder, place)) {
    return 'was given up';
  }
  return hasArrived(sweepFolder, place) ? 'has been carried out' : undefined;
}

/** By which name this host has a workspace: nodes that one machine plays are apart. */
function nodeName(): string {
  return (environmentVariable('BOOTLAP_NODE') ?? environmentVariable('SLURMD_NODENAME') ?? hostname()).replaceAll(
    /[^A-Za-z0-9._-]/g,
    '_',
  );
}

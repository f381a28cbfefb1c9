import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { takeLock, type Lock } from '../../engine/index.js';
import { attempt, remove } from '../../system/files.js';
import type { ViewOptions } from '../options.js';
import type { Session } from '../session.js';
import type { SweepPlan } from './document.js';
import { LocalExecutor, type SweepExecutor } from './executor.js';
import { carryOutJob } from './job.js';
import type { SweepFolder } from './state.js';
import { measurementsAfterBuilds, nextWave } from './waves.js';

/** A sweep that is to be begun, or gone on with. */
export interface FrontRequest {
  readonly session: Session;
  readonly folder: SweepFolder;
  readonly plan: SweepPlan;
  /** Absolute. */
  readonly workspace: string;
  readonly options: ViewOptions & { readonly jobs?: string; readonly offline?: true };
}

/** How often it is looked whether somebody has cancelled the sweep. Milliseconds. */
const LOOK = 300;

/**
 * Has one wave of jobs after the other carried out until there is nothing left to do, or the sweep is cancelled or
 * interrupted. Everything that comes of it is in the sweep's folder as soon as it is known. Fails where work cannot go on.
 */
export async function carryOutSweep(request: FrontRequest): Promise<Result<void, Failure>> {
  const { session, folder, plan, workspace, options } = request;
  const cancelled = new AbortController();
  const watch = setInterval(() => {
    if (folder.isCancelled) {
      cancelled.abort('cancelled');
    }
  }, LOOK);
  const signal = AbortSignal.any([session.interruption(), cancelled.signal]);
  const lock = await takeLock({
    // What others carry out leaves this workspace to whoever wants to work in it.
    folder: plan.executor === 'local' ? workspace : folder.path,
    command: session.commandLine,
    wait: options.wait,
    signal,
    onWait: ({ pid, command }) => session.errors.write(`waiting for the end of process ${pid}: ${command}\n`),
  });
  if (!lock.ok) {
    clearInterval(watch);
    return lock;
  }
  try {
    const executor = await executorOf(request, { signal, lock: lock.value });
    return executor.ok ? await inWaves(request, executor.value, signal) : executor;
  } finally {
    clearInterval(watch);
    await lock.value.release();
  }
}

async function executorOf(
  request: FrontRequest,
  { signal, lock }: { readonly signal: AbortSignal; readonly lock: Lock },
): Promise<Result<SweepExecutor, Failure>> {
  const { session, folder, plan, workspace, options } = request;
  if (plan.executor !== 'local') {
    const { executorElsewhere } = await import('./executors.js');
    return executorElsewhere(request);
  }
  const manner = {
    session: { ...session, interruption: () => signal },
    options,
    offline: options.offline === true,
    keepGoing: false,
    lock,
  };
  const onPart = (text: string): void => tell(request, text);
  const place = { folder, plan, workspace, manner, onPart };
  return success(new LocalExecutor((job) => carryOutJob(job, place)));
}

async function inWaves(
  { folder, plan }: FrontRequest,
  executor: SweepExecutor,
  signal: AbortSignal,
): Promise<Result<void, Failure>> {
  let before = '';
  while (!signal.aborted && !folder.isCancelled) {
    const progress = { builds: folder.builds(), cells: folder.cells() };
    const jobs = nextWave(plan, progress);
    const ids = jobs.map(({ id, attempt }) => `${id} ${attempt}`).join('\n');
    if (jobs.length === 0) {
      return dropStore(folder);
    }
    if (ids === before) {
      // Whoever was to carry them out has left nothing: once more would be no better.
      return failed({ reason: 'job-outcome-missing', job: jobs[0]?.id ?? '', folder: folder.path });
    }
    before = ids;
    const isOfBuilds = jobs.every(({ kind }) => kind === 'build');
    const done = await executor.carryOut(
      { jobs, then: isOfBuilds ? measurementsAfterBuilds(plan, progress) : [] },
      signal,
    );
    if (!done.ok) {
      return done;
    }
  }
  return success(undefined);
}

/** Components that hosts had of each other are in their own workspaces by now, and take room here. */
async function dropStore({ path }: SweepFolder): Promise<Result<void, Failure>> {
  const { storeOf } = await import('./job-share.js');
  return attempt(path, () => remove(storeOf(path)));
}

function tell({ session, options }: FrontRequest, text: string): void {
  if (options.json !== true) {
    session.output.write(`${session.output.paint.bold(text)}\n`);
  }
}

import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { takeLock } from '../../engine/index.js';
import type { ViewOptions } from '../options.js';
import type { Session } from '../session.js';
import type { SweepPlan } from './document.js';
import { LocalExecutor, type SweepExecutor } from './executor.js';
import { carryOutJob } from './job.js';
import type { SweepFolder } from './state.js';
import { nextWave } from './waves.js';

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
  const { session, folder, workspace, options } = request;
  const cancelled = new AbortController();
  const watch = setInterval(() => {
    if (folder.isCancelled) {
      cancelled.abort('cancelled');
    }
  }, LOOK);
  const signal = AbortSignal.any([session.interruption(), cancelled.signal]);
  const lock = await takeLock({
    folder: workspace,
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
    const manner = {
      session: { ...session, interruption: () => signal },
      options,
      offline: options.offline === true,
      keepGoing: false,
      lock: lock.value,
    };
    const onPart = (text: string): void => tell(request, text);
    const place = { folder, plan: request.plan, workspace, manner, onPart };
    return await inWaves(request, new LocalExecutor((job) => carryOutJob(job, place)), signal);
  } finally {
    clearInterval(watch);
    await lock.value.release();
  }
}

async function inWaves(
  { folder, plan }: FrontRequest,
  executor: SweepExecutor,
  signal: AbortSignal,
): Promise<Result<void, Failure>> {
  let before = '';
  while (!signal.aborted && !folder.isCancelled) {
    const wave = nextWave(plan, { builds: folder.builds(), cells: folder.cells() });
    const ids = wave.map(({ id, attempt }) => `${id} ${attempt}`).join('\n');
    if (wave.length === 0) {
      return success(undefined);
    }
    if (ids === before) {
      // Whoever was to carry them out has left nothing: once more would be no better.
      return failed({ reason: 'output-missing', step: 'sweep', output: wave[0]?.id ?? '', path: folder.path });
    }
    before = ids;
    const done = await executor.carryOut(wave, folder.path, signal);
    if (!done.ok) {
      return done;
    }
  }
  return success(undefined);
}

function tell({ session, options }: FrontRequest, text: string): void {
  if (options.json !== true) {
    session.output.write(`${session.output.paint.bold(text)}\n`);
  }
}

import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import type { SweepJob } from './document.js';

/** Has jobs carried out, here or elsewhere. Which jobs there are, and what came of them, is not its business. */
export interface SweepExecutor {
  /**
   * Sees to it that each of these jobs is carried out (`carryOutJob`, in this process or another), and comes back when
   * all have left their outcomes or cannot any more, or when the signal has ended it. A job that an executor of an earlier
   * process has under way must not be handed over again: what it takes to know that is kept below `folder`.
   */
  carryOut(jobs: readonly SweepJob[], folder: string, signal: AbortSignal): Promise<Result<void, Failure>>;
}

/** One job after the other in this process: measurements are never side by side. */
export class LocalExecutor implements SweepExecutor {
  constructor(private readonly work: (job: SweepJob) => Promise<Result<void, Failure>>) {}

  async carryOut(jobs: readonly SweepJob[], _folder: string, signal: AbortSignal): Promise<Result<void, Failure>> {
    for (const job of jobs) {
      const done = signal.aborted ? undefined : await this.work(job);
      if (done?.ok === false) {
        return done;
      }
    }
    return success(undefined);
  }
}

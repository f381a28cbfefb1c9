import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import type { Session } from '../session.js';
import type { MeasureJob, SweepJob, SweepPlan } from './document.js';
import type { Handovers } from './handover.js';
import type { SweepFolder } from './state.js';

/** Jobs that can be carried out now, in any order. All are of one kind. */
export interface Wave {
  readonly jobs: readonly SweepJob[];
  /**
   * Of builds: the measurements that come after them if all go through, for an executor that can have them wait for the
   * builds by itself, so that a front end that is killed holds nothing up. Else empty.
   */
  readonly then: readonly MeasureJob[];
}

/** Has jobs carried out, here or elsewhere. Which jobs there are, and what came of them, is not its business. */
export interface SweepExecutor {
  /**
   * Sees to it that each of these jobs is carried out, and comes back when all have left their outcomes or were given up as
   * lost, or when the signal has ended it: then jobs that are under way elsewhere go on. A job that an executor of an
   * earlier process has under way must not be handed over again.
   */
  carryOut(wave: Wave, signal: AbortSignal): Promise<Result<void, Failure>>;
  /** Ends what is under way elsewhere, of this process or an earlier one. */
  cancel(): Promise<Result<void, Failure>>;
}

/** What an executor for jobs elsewhere works with. */
export interface Elsewhere {
  readonly session: Session;
  readonly folder: SweepFolder;
  readonly plan: SweepPlan;
  readonly handovers: Handovers;
  /** Hears what a user should see. */
  readonly tell: (text: string, level?: 'info' | 'warning') => void;
}

/** One job after the other in this process: measurements are never side by side. */
export class LocalExecutor implements SweepExecutor {
  constructor(private readonly work: (job: SweepJob) => Promise<Result<void, Failure>>) {}

  async carryOut({ jobs }: Wave, signal: AbortSignal): Promise<Result<void, Failure>> {
    for (const job of jobs) {
      const done = signal.aborted ? undefined : await this.work(job);
      if (done?.ok === false) {
        return done;
      }
    }
    return success(undefined);
  }

  /** Whoever carries jobs out looks for himself whether the sweep was cancelled. */
  cancel(): Promise<Result<void, Failure>> {
    return Promise.resolve(success(undefined));
  }
}

import type { Failure } from '../../../core/failure.js';
import { failed, success, type Result } from '../../../core/result.js';
import type { Handover, SweepJob } from '../document.js';
import type { Elsewhere, SweepExecutor, Wave } from '../executor.js';
import { SlurmArrays } from './arrays.js';
import { mostTasks } from './limits.js';
import { cancelArrays, queuedTasks } from './queue.js';
import { standingOf } from './standing.js';
import { Watch } from './watch.js';

/**
 * Has jobs carried out by Slurm, each handover as an array. Slurm's queue, the files of the handovers and what arrives are
 * all that it goes by, so that any front end goes on where another one was killed.
 */
export class SlurmExecutor implements SweepExecutor {
  readonly #arrays: SlurmArrays;

  constructor(private readonly elsewhere: Elsewhere) {
    this.#arrays = new SlurmArrays(elsewhere);
  }

  async carryOut(wave: Wave, signal: AbortSignal): Promise<Result<void, Failure>> {
    const most = await mostTasks(signal);
    const done = most.ok ? await this.#untilThrough(wave, most.value, signal) : most;
    if (!signal.aborted) {
      return done;
    }
    this.#tellThatJobsGoOn();
    return success(undefined);
  }

  async cancel(): Promise<Result<void, Failure>> {
    const all = this.elsewhere.handovers.all();
    if (!all.ok || all.value.length === 0) {
      return all.ok ? success(undefined) : all;
    }
    const queue = await queuedTasks(all.value.map((handover) => this.#arrays.nameOf(handover)));
    if (!queue.ok) {
      return queue;
    }
    if (queue.value.kind === 'silent') {
      return failed(queue.value.failure);
    }
    const open = queue.value.tasks.filter((task) => standingOf(task) !== 'ended');
    return cancelArrays([...new Set(open.map(({ array }) => array))]);
  }

  /** What was withdrawn before its turn had come is handed over once more. */
  async #untilThrough({ jobs, then }: Wave, most: number, signal: AbortSignal): Promise<Result<void, Failure>> {
    const watch = new Watch(this.elsewhere, this.#arrays);
    let due = jobs;
    while (due.length > 0 && !signal.aborted) {
      const now = this.#handOver(due, most);
      if (!now.ok) {
        return now;
      }
      const later = this.#handOver(then, most);
      if (!later.ok) {
        return later;
      }
      const withdrawn = await watch.untilOver({ due, now: now.value, later: later.value }, signal);
      if (!withdrawn.ok) {
        return withdrawn;
      }
      due = withdrawn.value;
    }
    return success(undefined);
  }

  /** No handover has more jobs than an array may have tasks. */
  #handOver(jobs: readonly SweepJob[], most: number): Result<Handover[], Failure> {
    const all = new Map<number, Handover>();
    for (let first = 0; first < jobs.length; first += most) {
      const handed = this.elsewhere.handovers.handOver(jobs.slice(first, first + most));
      if (!handed.ok) {
        return handed;
      }
      handed.value.forEach((handover) => all.set(handover.number, handover));
    }
    return success([...all.values()]);
  }

  #tellThatJobsGoOn(): void {
    const { folder, handovers, tell } = this.elsewhere;
    const all = handovers.all();
    const hasAny = all.ok && all.value.some((handover) => this.#arrays.hasArray(handover));
    if (hasAny && !folder.isCancelled) {
      tell(`what Slurm has goes on there; "bootlap sweep cancel ${folder.id}" ends it`);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../../core/failure.js';
import { failed, success, type Result } from '../../../core/result.js';
import type { HandedJob, Handover, SweepJob } from '../document.js';
import type { Elsewhere } from '../executor.js';
import { placesOf } from '../handover.js';
import type { SlurmArrays } from './arrays.js';
import { Progress } from './progress.js';
import { hasJobs, queuedTasks, type QueuedTask } from './queue.js';
import type { Trouble } from './submission.js';
import { Vigil } from './vigil.js';

/** Between two looks at the queue: the longer nothing has changed, the longer. Milliseconds. */
const LOOK = { shortest: 1_000, longest: 10_000, growth: 1.3 } as const;

/** Jobs to be waited for, the handovers that they are in, and those that come after. */
export interface Watched {
  readonly due: readonly SweepJob[];
  readonly now: readonly Handover[];
  readonly later: readonly Handover[];
}

interface Round extends Watched {
  readonly open: readonly HandedJob[];
  readonly tasks: readonly QueuedTask[];
  readonly signal: AbortSignal;
}

interface Look {
  readonly open: readonly HandedJob[];
  readonly isNew: boolean;
}

/** Looks at Slurm's queue from time to time, submits what it does not have yet, and sees who is through or lost. */
export class Watch {
  readonly #progress: Progress;
  readonly #vigil: Vigil;

  constructor(
    private readonly elsewhere: Elsewhere,
    private readonly arrays: SlurmArrays,
  ) {
    this.#progress = new Progress(elsewhere.tell);
    this.#vigil = new Vigil(elsewhere, arrays);
  }

  /**
   * Comes back when no job is to be waited for any more, or the signal has ended it; gives those that did not have their
   * turn. Fails where Slurm will not take them, or a file cannot be written.
   */
  async untilOver(watched: Watched, signal: AbortSignal): Promise<Result<readonly SweepJob[], Failure>> {
    const { handovers } = this.elsewhere;
    let open: readonly HandedJob[] = placesOf(watched.due, watched.now).filter((place) => !handovers.isGivenUp(place));
    const all = open.length;
    let wait: number = LOOK.shortest;
    while (open.length > 0 && !signal.aborted) {
      const looked = await this.#look({ ...watched, open, signal }, all);
      if (!looked.ok) {
        return looked;
      }
      open = looked.value.open;
      wait = looked.value.isNew ? LOOK.shortest : Math.min(LOOK.longest, wait * LOOK.growth);
      if (open.length > 0) {
        // The end of the pause by the signal is no failure.
        await sleep(wait, undefined, { signal }).catch(() => undefined);
      }
    }
    return success(this.#vigil.takeWithdrawn());
  }

  /** Gives the jobs that are still to be waited for, and whether anything has changed. */
  async #look(looked: Omit<Round, 'tasks'>, all: number): Promise<Result<Look, Failure>> {
    const tasks = await this.#queue(looked);
    if (!tasks.ok || tasks.value === undefined) {
      return tasks.ok ? success({ open: looked.open, isNew: false }) : tasks;
    }
    const open = await this.#round({ ...looked, tasks: tasks.value });
    if (!open.ok) {
      return open;
    }
    const count = { kind: looked.now[0]?.jobs[0]?.kind, through: all - open.value.length, all };
    return success({ open: open.value, isNew: this.#progress.show(count, this.#ofNow(looked, tasks.value)) });
  }

  /** Nothing where Slurm does not answer. */
  async #queue({ now, later }: Watched): Promise<Result<readonly QueuedTask[] | undefined, Failure>> {
    const names = [...now, ...later].map((handover) => this.arrays.nameOf(handover));
    const queue = await queuedTasks(names);
    if (!queue.ok) {
      return queue;
    }
    if (queue.value.kind === 'silent') {
      this.#progress.isTroubled('silent', queue.value.failure.lastLines.join(' '));
      return success(undefined);
    }
    return success(queue.value.tasks);
  }

  /** Gives the jobs that are still to be waited for. */
  async #round(round: Round): Promise<Result<readonly HandedJob[], Failure>> {
    const known = await this.#submit(round);
    if (!known.ok) {
      return known;
    }
    const [mine, others] = halves(round.open, ({ number }) => known.value.has(number));
    const still = await this.#vigil.openOnes({ jobs: mine, handovers: round.now, tasks: round.tasks });
    return still.ok ? success([...still.value, ...others]) : still;
  }

  /** Submits what Slurm does not have yet; gives the numbers of the handovers that it had before. */
  async #submit(round: Round): Promise<Result<ReadonlySet<number>, Failure>> {
    const known = new Set<number>();
    const due = round.now.filter(({ number }) => round.open.some((job) => job.number === number));
    for (const handover of due) {
      const standing = await this.arrays.ensure(handover, { ...round, after: [] });
      if (!standing.ok) {
        return standing;
      }
      if ('failure' in standing.value) {
        return this.#troubled(standing.value, known);
      }
      if (standing.value.kind === 'known') {
        known.add(handover.number);
      }
    }
    const foreseen = known.size === due.length ? await this.#foresee(due, round) : success(undefined);
    if (!foreseen.ok) {
      return foreseen;
    }
    if (foreseen.value !== undefined) {
      return this.#troubled(foreseen.value, known);
    }
    this.#progress.isWell();
    return success(known);
  }

  /** What comes later waits in Slurm for these, as long as Slurm knows all of them. */
  async #foresee(due: readonly Handover[], round: Round): Promise<Result<Trouble | undefined, Failure>> {
    const after = due.map((handover) => {
      const name = this.arrays.nameOf(handover);
      return round.tasks.find((task) => task.name === name)?.array;
    });
    const arrays = after.flatMap((array) => (array === undefined ? [] : [array]));
    for (const handover of arrays.length === due.length ? round.later : []) {
      const standing = await this.arrays.ensure(handover, { ...round, after: arrays });
      if (!standing.ok) {
        return standing;
      }
      if ('failure' in standing.value) {
        return success(standing.value);
      }
    }
    return success(undefined);
  }

  /** A limit that is reached without one job of ours in the queue is one that is reached for ever. */
  async #troubled(
    { kind, failure }: Trouble,
    known: ReadonlySet<number>,
  ): Promise<Result<ReadonlySet<number>, Failure>> {
    if (kind === 'limit') {
      const queued = await hasJobs();
      if (!queued.ok || !queued.value) {
        return queued.ok ? failed({ reason: 'jobs-refused', words: failure.lastLines.join(' ') }) : queued;
      }
    }
    this.#progress.isTroubled(kind, failure.lastLines.join(' '));
    return success(known);
  }

  #ofNow({ now }: Watched, tasks: readonly QueuedTask[]): QueuedTask[] {
    const names = new Set(now.map((handover) => this.arrays.nameOf(handover)));
    return tasks.filter(({ name }) => names.has(name));
  }
}

function halves<T>(all: readonly T[], isFirst: (each: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}

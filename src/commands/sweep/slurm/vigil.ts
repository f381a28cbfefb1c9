import { existsSync } from 'node:fs';
import type { Failure } from '../../../core/failure.js';
import { success, type Result } from '../../../core/result.js';
import type { HandedJob, Handover, SweepJob } from '../document.js';
import type { Elsewhere } from '../executor.js';
import type { SlurmArrays } from './arrays.js';
import { cancelTask, type QueuedTask } from './queue.js';
import { lossWords, standingOf } from './standing.js';

/**
 * How long an outcome may take to show after Slurm has called its job over, in milliseconds: a shared file system may
 * show it late, and a shared cache is asked for it in rounds. One that says that it is done has left it for certain.
 */
const GRACE = { done: 60_000, ended: 4_000, unknown: 20_000, byCache: 60_000 } as const;

/** Jobs that Slurm has, the handovers that they are of, and all that Slurm knows of them, asked for just now. */
interface Watchful {
  readonly jobs: readonly HandedJob[];
  readonly handovers: readonly Handover[];
  readonly tasks: readonly QueuedTask[];
}

/** Watches over jobs: each either leaves its outcome, or is given up as lost, with the reason. */
export class Vigil {
  /** Since when a job is over without an outcome. */
  private readonly overSince = new Map<string, number>();
  private withdrawn: SweepJob[] = [];

  constructor(
    private readonly elsewhere: Elsewhere,
    private readonly arrays: SlurmArrays,
  ) {}

  /**
   * Takes in what has come, and gives those of the jobs that are still to be waited for.
   */
  async openOnes({ jobs, handovers, tasks }: Watchful): Promise<Result<HandedJob[], Failure>> {
    const byPlace = byPlaceOf(tasks);
    const tasksOf = (job: HandedJob): readonly QueuedTask[] =>
      byPlace.get(`${this.arrays.nameOf(job)} ${job.index}`) ?? [];
    if (jobs.some((job) => mayHaveEnded(tasksOf(job)))) {
      const collected = await this.elsewhere.handovers.collect(handovers);
      if (!collected.ok) {
        return collected;
      }
    }
    const open: HandedJob[] = [];
    for (const job of jobs) {
      const isOpen = await this.#isOpen(job, tasksOf(job));
      if (!isOpen.ok) {
        return isOpen;
      }
      if (isOpen.value) {
        open.push(job);
      }
    }
    return success(open);
  }

  /** The jobs that have not had their turn, since it was asked last. */
  takeWithdrawn(): readonly SweepJob[] {
    const { withdrawn } = this;
    this.withdrawn = [];
    return withdrawn;
  }

  /** Where an array was submitted twice, one of the tasks has ended at once: the other one counts. */
  async #isOpen(job: HandedJob, tasks: readonly QueuedTask[]): Promise<Result<boolean, Failure>> {
    const task = tasks.find((each) => standingOf(each) !== 'ended') ?? tasks[0];
    if (isUnderWay(task)) {
      this.overSince.delete(keyOf(job));
      // A node whose daemon has died is waited for by Slurm, however long its job has been through.
      return success(task?.state !== 'COMPLETING' || !this.elsewhere.handovers.isThrough(job));
    }
    if (this.elsewhere.handovers.isThrough(job)) {
      return success(false);
    }
    if (this.#overFor(job) < this.#graceFor(task)) {
      return success(true);
    }
    const given = await this.#giveUp(job, task);
    return given.ok ? success(false) : given;
  }

  #graceFor(task: QueuedTask | undefined): number {
    if (this.elsewhere.plan.hosts.results === 'cache') {
      return GRACE.byCache;
    }
    if (task === undefined) {
      return GRACE.unknown;
    }
    return task.state === 'COMPLETED' ? GRACE.done : GRACE.ended;
  }

  /** Milliseconds. */
  #overFor(job: HandedJob): number {
    const since = this.overSince.get(keyOf(job)) ?? Date.now();
    this.overSince.set(keyOf(job), since);
    return Date.now() - since;
  }

  async #giveUp(job: HandedJob, task: QueuedTask | undefined): Promise<Result<void, Failure>> {
    const { handovers, tell } = this.elsewhere;
    if (task !== undefined && standingOf(task) === 'stuck') {
      const ended = await cancelTask(task);
      if (!ended.ok) {
        return ended;
      }
    }
    // It waited for a build that failed, and has not had its turn.
    if (this.arrays.isForeseen(job) && !this.arrays.hasBegun(job)) {
      this.withdrawn.push(job.job);
      return handovers.withdraw(job);
    }
    const node = task?.node ?? '';
    const log = this.arrays.logOf(job, node);
    const reason = `${lossWords(task)}${'words' in log ? log.words : ''}`;
    tell(`${job.job.id} is lost: ${reason}`, 'warning');
    return handovers.lose(job, {
      reason,
      ...('path' in log && existsSync(log.path) ? { log: log.path } : {}),
      ...(node === '' ? {} : { host: node }),
    });
  }
}

function byPlaceOf(tasks: readonly QueuedTask[]): ReadonlyMap<string, readonly QueuedTask[]> {
  const byPlace = new Map<string, QueuedTask[]>();
  for (const task of tasks) {
    const key = `${task.name} ${task.index}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), task]);
  }
  return byPlace;
}

function mayHaveEnded(tasks: readonly QueuedTask[]): boolean {
  return !tasks.some((task) => isUnderWay(task) && task.state !== 'COMPLETING');
}

function keyOf({ number, index }: HandedJob): string {
  return `${number} ${index}`;
}

function isUnderWay(task: QueuedTask | undefined): boolean {
  const standing = task === undefined ? undefined : standingOf(task);
  return standing === 'waiting' || standing === 'running';
}

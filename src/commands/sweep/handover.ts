import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { followLinks } from '../../system/distribution.js';
import { programFile, workingFolder } from '../../system/environment.js';
import { attempt, readJsonIfThere, writeFileAtomically } from '../../system/files.js';
import type { HandedJob, HandedPlace, Handover, SweepJob, SweepPlan } from './document.js';
import { giveUp, hasArrived, isGivenUp, takeIn } from './parcel.js';
import type { Post } from './post.js';
import type { SweepFolder } from './state.js';

/** Jobs of one handover: as many as a scheduler mostly takes in one go (Slurm's own default of MaxArraySize is 1001). */
const MOST_JOBS = 1_000;

/** How jobs are to be carried out. */
export interface HandoverOptions {
  readonly folder: SweepFolder;
  readonly plan: SweepPlan;
  readonly offline: boolean;
  readonly builders?: string | undefined;
  /** Where what is handed over travels through the shared cache. */
  readonly post?: Post | undefined;
}

/** Why a job will leave no outcome any more. */
export interface Loss {
  /** A sentence for a person: `the node tiny-2 has gone`. */
  readonly reason: string;
  /** Absolute path of what the job said. */
  readonly log?: string;
  /** The host that had it, where that is known. */
  readonly host?: string;
}

/**
 * What is handed over to others, and what came back; one process at a time works with it (the lock of the sweep's
 * folder). It is all files below the sweep's folder, so that who comes later goes on with it.
 */
export class Handovers {
  constructor(private readonly options: HandoverOptions) {}

  /** Every handover so far, in their order. Fails as the file system does. */
  all(): Result<readonly Handover[], Failure> {
    const folder = this.#place('handovers');
    return attempt(folder, () => {
      mkdirSync(folder, { recursive: true });
      const numbers = readdirSync(folder).flatMap((name) => /^([1-9]\d*)\.json$/.exec(name)?.[1] ?? []);
      return numbers
        .map(Number)
        .sort((a, b) => a - b)
        .flatMap((number) => (readJsonIfThere(this.pathOf({ number })) as unknown as Handover | undefined) ?? []);
    });
  }

  /**
   * Hands jobs over: gives the handovers that they are in. What was handed over before and has not been given up is found
   * again; all others come into new ones, which are the last then. Whether an executor has done anything about
   * a handover is for itself to know, by files of its own (`recordPath`).
   */
  handOver(jobs: readonly SweepJob[]): Result<readonly Handover[], Failure> {
    const before = this.all();
    if (!before.ok) {
      return before;
    }
    const wanted = new Set(jobs.map(jobKey));
    const handed = before.value.filter((handover) =>
      handover.jobs.some(
        (job, index) => wanted.has(jobKey(job)) && !this.isGivenUp({ number: handover.number, index }),
      ),
    );
    const known = new Set(
      handed.flatMap(({ number, jobs: theirs }) =>
        theirs.flatMap((job, index) => (this.isGivenUp({ number, index }) ? [] : [jobKey(job)])),
      ),
    );
    const fresh = jobs.filter((job) => !known.has(jobKey(job)));
    if (fresh.length === 0) {
      return success(handed);
    }
    const all = [...handed];
    let number = before.value.at(-1)?.number ?? 0;
    for (let first = 0; first < fresh.length; first += MOST_JOBS) {
      const made = this.#write(fresh.slice(first, first + MOST_JOBS), (number += 1));
      if (!made.ok) {
        return made;
      }
      all.push(made.value);
    }
    return success(all);
  }

  #write(jobs: readonly SweepJob[], number: number): Result<Handover, Failure> {
    const { folder, offline, builders } = this.options;
    const handover: Handover = {
      schemaVersion: 1,
      sweep: folder.id,
      number,
      jobs,
      workingFolder: workingFolder(),
      offline,
      ...(builders === undefined ? {} : { builders }),
    };
    const path = this.pathOf({ number });
    return attempt(path, () => {
      mkdirSync(this.#place('logs'), { recursive: true });
      mkdirSync(this.#place('arrived'), { recursive: true });
      writeFileAtomically(path, `${JSON.stringify(handover)}\n`);
      return handover;
    });
  }

  /** Absolute path of a handover's file. */
  pathOf({ number }: Pick<Handover, 'number'>): string {
    return this.#place('handovers', `${number}.json`);
  }

  /** Where an executor may keep what it knows of a handover: `handovers/<number>.<name>`. */
  recordPath({ number }: Pick<Handover, 'number'>, name: string): string {
    return this.#place('handovers', `${number}.${name}`);
  }

  /** Where what a job says goes. The folder is there. */
  logOf({ number, index }: HandedPlace): string {
    return this.#place('logs', `${number}-${index}.log`);
  }

  /**
   * What carries a job out: a program and its arguments, but for the index, which comes last. It ends with 0 when the job
   * has left its outcome, whatever that is; with `--strict` with 1 for a build that has failed.
   */
  command({ number }: Pick<Handover, 'number'>): readonly string[] {
    const { folder, plan } = this.options;
    const called = plan.hosts.bootlap ?? [process.execPath, followLinks(programFile())];
    const { results, workspace } = plan.hosts;
    const named = results === 'cache' ? cacheReference(folder.id, number, workspace) : this.pathOf({ number });
    return [...called, 'sweep', 'job', named];
  }

  /** Whether nothing is to be waited for any more: its outcome has arrived, or it has been given up. */
  isThrough(place: HandedPlace): boolean {
    return hasArrived(this.options.folder.path, place) || this.isGivenUp(place);
  }

  /** Whether a job was given up as lost: what it leaves after that does not count. */
  isGivenUp(place: HandedPlace): boolean {
    return isGivenUp(this.options.folder.path, place);
  }

  /** Takes in what has arrived of these handovers and is not taken in yet. */
  async collect(handovers: readonly Handover[], signal?: AbortSignal): Promise<Result<void, Failure>> {
    const handed = handovers.flatMap(({ number, jobs }) => jobs.map((job, index) => ({ number, index, job })));
    const open = handed.filter((each) => !this.isThrough(each));
    const fetched = await this.options.post?.fetch(open, signal ?? new AbortController().signal);
    if (fetched?.ok === false) {
      return fetched;
    }
    for (const each of handed) {
      const taken = this.isGivenUp(each) ? success(undefined) : takeIn(each, this.options.folder);
      if (!taken.ok) {
        return taken;
      }
    }
    return success(undefined);
  }

  /**
   * Gives a job up, unless its outcome has arrived: it has failed for that reason, as this attempt, and is tried again as
   * the plan says. Once given up, whatever it leaves later is not looked at.
   */
  lose({ job, ...place }: HandedJob, loss: Loss): Result<void, Failure> {
    const { folder } = this.options;
    if (hasArrived(folder.path, place)) {
      return success(undefined);
    }
    return attempt(folder.path, () => {
      giveUp(folder.path, place, `${JSON.stringify(loss)}\n`);
      this.#keepLoss(job, loss);
    });
  }

  /** Takes a job back that has not had its turn: handed over again, it comes into another handover. */
  withdraw(place: HandedPlace): Result<void, Failure> {
    const { path } = this.options.folder;
    return attempt(path, () => giveUp(path, place, `${JSON.stringify({ reason: 'withdrawn' })}\n`));
  }

  #keepLoss(job: SweepJob, { reason, log, host = '' }: Loss): void {
    const { folder } = this.options;
    const failure = { text: reason, ...(log === undefined ? {} : { log }) };
    if (job.kind === 'build') {
      folder.keepBuild(job.id, { status: 'failed', attempt: job.attempt, failure });
      return;
    }
    const { id, attempt: tried } = job;
    const known = { attempt: tried, job: id, host, at: new Date().toISOString() };
    const outcome = { status: 'failed', ...known, failure } as const;
    job.cells.forEach((number) => folder.keepCell(number, outcome));
  }

  #place(...parts: readonly string[]): string {
    return join(this.options.folder.path, ...parts);
  }
}

/** Where jobs are in these handovers, those that were given up among them. */
export function placesOf(jobs: readonly SweepJob[], handovers: readonly Handover[]): HandedJob[] {
  const wanted = new Set(jobs.map(jobKey));
  return handovers.flatMap(({ number, jobs: theirs }) =>
    theirs.flatMap((job, index) => (wanted.has(jobKey(job)) ? [{ number, index, job }] : [])),
  );
}

/** One of the same name and attempt, and of the same cells, is the same. */
function jobKey(job: SweepJob): string {
  return JSON.stringify([job.id, job.attempt, job.cells]);
}

const CACHE = /^cache:([1-9]\d{0,8}):([A-Za-z0-9][A-Za-z0-9._-]*):(\/.*)$/;

function cacheReference(sweep: string, number: number, workspace: string): string {
  return `cache:${number}:${sweep}:${workspace}`;
}

/** What a handover in the shared cache is called by; `undefined` for one that is a file. */
export function parseCacheReference(text: string): CacheReference | undefined {
  const [, number, sweep, workspace] = CACHE.exec(text) ?? [];
  return sweep === undefined || workspace === undefined ? undefined : { number: Number(number), sweep, workspace };
}

/** A handover in the shared cache, and where jobs have their workspace on this host. */
export interface CacheReference {
  readonly number: number;
  readonly sweep: string;
  /** Absolute. */
  readonly workspace: string;
}

/** A handover and its sweep's folder, by the path of its file. Fails with `usage` where it is none. */
export function readHandover(path: string): Result<{ handover: Handover; sweepFolder: string }, Failure> {
  const read = attempt(path, () => readJsonIfThere(path) as unknown as Handover | undefined);
  if (!read.ok) {
    return read;
  }
  return read.value?.schemaVersion === 1
    ? success({ handover: read.value, sweepFolder: dirname(dirname(path)) })
    : failed({
        reason: 'usage',
        message: `${path} is no handover of a sweep`,
        hint: 'the folder of the sweep has to be seen by this host, by the same path',
      });
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../../core/failure.js';
import { failed, success, type Result } from '../../../core/result.js';
import { endDetached } from '../../../system/detached.js';
import { attempt } from '../../../system/files.js';
import type { HandedJob, Handover } from '../document.js';
import type { Elsewhere, SweepExecutor, Wave } from '../executor.js';
import { readyHosts } from './hosts.js';
import { endedJobs, runsOf, runState, startRun, type EndedJob, type ParallelRun } from './run.js';

/** How often it is looked what has come. Milliseconds. */
const LOOK = 500;
/** How long an outcome that was left may take to be seen here, on a file system over the network. Milliseconds. */
const LATE = 90_000;
/** Runs of parallel for one handover that were ended without one job more being through. */
const MOST_FRUITLESS = 2;

/**
 * Jobs by GNU parallel and ssh, one at a time on each host. It runs on its own feet, so that it goes on when this process
 * is ended, and is found again by what is kept of it in the sweep's folder.
 */
export class SshExecutor implements SweepExecutor {
  /** When a job's end was first seen without its outcome: `<handover>-<index>` -> time. */
  readonly #late = new Map<string, number>();
  readonly #told = new Set<string>();

  constructor(private readonly elsewhere: Elsewhere) {}

  async carryOut({ jobs }: Wave, signal: AbortSignal): Promise<Result<void, Failure>> {
    const handed = this.elsewhere.handovers.handOver(jobs);
    if (!handed.ok) {
      return handed;
    }
    for (const handover of handed.value) {
      const done = await this.#seeThrough(handover, signal);
      if (!done.ok && done.failure.reason === 'interrupted') {
        this.#tellInterrupted();
        return success(undefined);
      }
      if (!done.ok) {
        return done;
      }
    }
    return success(undefined);
  }

  #tellInterrupted(): void {
    const { folder, tell } = this.elsewhere;
    if (!folder.isCancelled) {
      tell(`what hosts have begun goes on there; "bootlap sweep cancel ${folder.id}" ends it`);
    }
  }

  /** Follows the run that is under way, or starts one, until all jobs of a handover are through. */
  async #seeThrough(handover: Handover, signal: AbortSignal): Promise<Result<void, Failure>> {
    for (let fruitless = 0; ;) {
      const collected = await this.elsewhere.handovers.collect([handover]);
      const open = this.#open(handover);
      if (!collected.ok || open.length === 0) {
        return collected;
      }
      const run = await this.#runFor(handover, open, signal);
      if (!run.ok) {
        return run;
      }
      const followed = await this.#follow(handover, run.value, signal);
      if (!followed.ok) {
        return followed;
      }
      fruitless = this.#open(handover).length < open.length ? 0 : fruitless + 1;
      if (fruitless >= MOST_FRUITLESS) {
        return this.#giveUp(this.#open(handover), run.value);
      }
    }
  }

  #open({ number, jobs }: Handover): HandedJob[] {
    const { handovers } = this.elsewhere;
    return jobs.map((job, index) => ({ number, index, job })).filter((each) => !handovers.isThrough(each));
  }

  async #runFor(
    handover: Handover,
    open: readonly HandedJob[],
    signal: AbortSignal,
  ): Promise<Result<ParallelRun, Failure>> {
    const runs = runsOf(this.elsewhere, handover);
    if (!runs.ok) {
      return runs;
    }
    const last = runs.value.findLast((run) => runState(run) !== 'ended');
    if (last !== undefined && runState(last) === 'elsewhere') {
      return failed({
        reason: 'usage',
        message: `GNU parallel carries this sweep out on the host ${last.process.host}`,
        hint: `call "bootlap sweep --attach" there; if that host is no more, remove ${last.folder} first`,
      });
    }
    if (last !== undefined) {
      this.elsewhere.tell(`${open.length} of ${handover.jobs.length} jobs are under way on ${last.hosts.join(', ')}`);
      return success(last);
    }
    const hosts = await readyHosts(this.elsewhere, handover.number, signal);
    if (!hosts.ok) {
      return hosts;
    }
    const jobs = open.length === 1 ? '1 job' : `${open.length} jobs`;
    const indexes = open.map(({ index }) => index);
    const started = await startRun(this.elsewhere, handover, { indexes, hosts: hosts.value });
    if (started.ok) {
      this.elsewhere.tell(`${jobs} for ${hosts.value.join(', ')}`);
    }
    return started;
  }

  async #follow(handover: Handover, run: ParallelRun, signal: AbortSignal): Promise<Result<void, Failure>> {
    for (;;) {
      // Before it is looked at what has come: what comes while we look belongs to the next time.
      const isOver = runState(run) === 'ended';
      const seen = await this.#see(handover, run);
      if (!seen.ok) {
        return seen;
      }
      if (isOver && !seen.value.isAwaited) {
        return success(undefined);
      }
      await sleep(LOOK, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) {
        return failed({ reason: 'interrupted' });
      }
    }
  }

  /** Takes in what has come, and gives up what has come to its end without an outcome. */
  async #see(handover: Handover, run: ParallelRun): Promise<Result<{ readonly isAwaited: boolean }, Failure>> {
    const ended = endedJobs(run);
    const collected = await this.elsewhere.handovers.collect([handover]);
    if (!ended.ok || !collected.ok) {
      return ended.ok ? failed((collected as { failure: Failure }).failure) : ended;
    }
    let isAwaited = false;
    for (const end of ended.value) {
      this.#tellEnd(handover, end);
      const job = this.#open(handover).find(({ index }) => index === end.index);
      if (job !== undefined && this.#isLate(job, end)) {
        const lost = this.#lose(job, end);
        if (!lost.ok) {
          return lost;
        }
      } else if (job !== undefined) {
        isAwaited = true;
      }
    }
    return success({ isAwaited });
  }

  /** One that says that it has left an outcome has time until that is seen here, too. */
  #isLate({ number, index }: HandedJob, { status, signal }: EndedJob): boolean {
    const key = `${number}-${index}`;
    const since = this.#late.get(key) ?? Date.now();
    this.#late.set(key, since);
    return status !== 0 || signal !== 0 || Date.now() - since > LATE;
  }

  #lose(job: HandedJob, { host, status, signal, log }: EndedJob): Result<void, Failure> {
    const own = this.#keepSaid(job, log);
    return own.ok
      ? this.elsewhere.handovers.lose(job, { reason: lossText({ host, status, signal }), host, log: own.value })
      : own;
  }

  /** What a job said, and what ssh said of it, in one file. */
  #keepSaid(job: HandedJob, log: string): Result<string, Failure> {
    const to = this.elsewhere.handovers.logOf(job);
    return attempt(to, () => {
      const texts = [log, `${log}.err`].map((path) => attempt(path, () => readFileSync(path)));
      writeFileSync(to, Buffer.concat(texts.flatMap((text) => (text.ok ? [text.value] : []))));
      return to;
    });
  }

  #giveUp(open: readonly HandedJob[], { folder }: ParallelRun): Result<void, Failure> {
    const reason = 'GNU parallel ended before the job was done';
    for (const job of open) {
      const lost = this.elsewhere.handovers.lose(job, { reason, log: join(folder, 'parallel.log') });
      if (!lost.ok) {
        return lost;
      }
    }
    return success(undefined);
  }

  #tellEnd({ number, jobs }: Handover, { index, host, status, signal }: EndedJob): void {
    const key = `${number}-${index}`;
    const job = jobs[index];
    if (this.#told.has(key) || job === undefined) {
      return;
    }
    this.#told.add(key);
    if (status === 0 && signal === 0) {
      this.elsewhere.tell(`${job.id} has been carried out on ${host}`);
    } else {
      this.elsewhere.tell(`${job.id} is lost: ${lossText({ host, status, signal })}`, 'warning');
    }
  }

  async cancel(): Promise<Result<void, Failure>> {
    const all = this.elsewhere.handovers.all();
    if (!all.ok) {
      return all;
    }
    for (const handover of all.value) {
      const runs = runsOf(this.elsewhere, handover);
      if (!runs.ok) {
        return runs;
      }
      for (const run of runs.value) {
        if (runState(run) === 'running') {
          await endDetached(run.process);
        } else if (runState(run) === 'elsewhere' && this.#open(handover).length > 0) {
          const { host } = run.process;
          this.elsewhere.tell(`its jobs are looked after on the host ${host}: call this there, too`, 'warning');
        }
      }
    }
    return success(undefined);
  }
}

function lossText({ host, status, signal }: Pick<EndedJob, 'host' | 'status' | 'signal'>): string {
  if (status === 255) {
    return `the connection to ${host} was lost, or there was none`;
  }
  return signal === 0
    ? `bootlap ended with status ${status} on ${host}, and left no outcome`
    : `it was ended by signal ${signal} on ${host}`;
}

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../../core/failure.js';
import { failed, success, type Result } from '../../../core/result.js';
import { runCommand } from '../../../system/command.js';
import { startDetached, stateOf, type DetachedProcess } from '../../../system/detached.js';
import { findProgram } from '../../../system/distribution.js';
import { userEnvironment } from '../../../system/environment.js';
import { attempt, readJsonIfThere, readTextIfThere, writeFileAtomically } from '../../../system/files.js';
import type { Handover } from '../document.js';
import type { Elsewhere } from '../executor.js';
import { FILES, jobText, parallelArguments, parseJoblog, type LoggedJob } from './parallel.js';

/** One GNU parallel that carries jobs of a handover out, or has. Its folder: `handovers/<handover>.ssh-<run>/`. */
export interface ParallelRun {
  readonly process: DetachedProcess;
  /** Absolute. */
  readonly folder: string;
  readonly hosts: readonly string[];
  /** Sequence number of parallel's, less 1 -> index of the job in the handover. */
  readonly indexes: readonly number[];
}

const RECORD = 'run.json';

/** What has been started for a handover so far, in that order. Fails as the file system does. */
export function runsOf({ folder }: Elsewhere, { number }: Handover): Result<readonly ParallelRun[], Failure> {
  const place = join(folder.path, 'handovers');
  return attempt(place, () => {
    const numbers = readdirSync(place).flatMap((name) => {
      const [, handover, run] = /^(\d+)\.ssh-(\d+)$/.exec(name) ?? [];
      return Number(handover) === number ? [Number(run)] : [];
    });
    const folders = numbers.sort((a, b) => a - b).map((run) => join(place, `${number}.ssh-${run}`));
    // One without a record was never begun.
    return folders.flatMap((path) => {
      const record = readJsonIfThere(join(path, RECORD)) as unknown as Omit<ParallelRun, 'folder'> | undefined;
      return record === undefined ? [] : [{ ...record, folder: path }];
    });
  });
}

/** Starts GNU parallel for jobs of a handover, on its own feet. Fails with `tool-missing` where there is none. */
export async function startRun(
  { folder, plan, handovers }: Elsewhere,
  { number }: Handover,
  { indexes, hosts }: Pick<ParallelRun, 'indexes' | 'hosts'>,
): Promise<Result<ParallelRun, Failure>> {
  const program = findProgram('parallel');
  if (program === undefined || !(await isGnu(program))) {
    return failed({ reason: 'tool-missing', tool: 'GNU parallel', neededBy: 'a sweep by ssh', package: 'parallel' });
  }
  const made = attempt(folder.path, () => {
    const own = freshRun(join(folder.path, 'handovers'), number);
    mkdirSync(join(own, FILES.home));
    writeFileSync(join(own, FILES.hosts), hosts.map((host) => `${host}\n`).join(''));
    writeFileSync(join(own, FILES.jobs), indexes.map((index) => `${jobText(handovers, number, index)}\0`).join(''));
    return own;
  });
  if (!made.ok) {
    return made;
  }
  const own = made.value;
  const started = await startDetached({
    program,
    arguments: parallelArguments(plan, hosts.length),
    folder: own,
    // It keeps what it learns of hosts there, and leaves the user's home alone.
    environment: { ...userEnvironment(), PARALLEL_HOME: join(own, FILES.home) },
    log: join(own, 'parallel.log'),
    remember: (process) => writeFileAtomically(join(own, RECORD), `${JSON.stringify({ process, hosts, indexes })}\n`),
  });
  return started.ok ? success({ process: started.value, folder: own, hosts, indexes }) : started;
}

/** Another program of that name is around, too. */
async function isGnu(program: string): Promise<boolean> {
  const said = await runCommand({ program, arguments: ['--version'], folder: '/' });
  return said.ok && said.value.stdout.startsWith('GNU parallel');
}

function freshRun(handovers: string, number: number): string {
  for (let run = 1; ; run += 1) {
    const own = join(handovers, `${number}.ssh-${run}`);
    if (!existsSync(own)) {
      mkdirSync(own);
      return own;
    }
  }
}

/** A job that a run has done with. */
export interface EndedJob extends LoggedJob {
  readonly index: number;
  /** Absolute path of what it said. */
  readonly log: string;
}

/** What a run has done with so far. Fails as the file system does. */
export function endedJobs({ folder, indexes }: ParallelRun): Result<readonly EndedJob[], Failure> {
  return attempt(folder, () => {
    const logged = parseJoblog(readTextIfThere(join(folder, FILES.joblog)) ?? '');
    return logged.flatMap((job) => {
      const index = indexes[job.sequence - 1];
      return index === undefined ? [] : [{ ...job, index, log: join(folder, FILES.said, String(job.sequence)) }];
    });
  });
}

/** Whether a run, or what it has started, is at work. */
export function runState({ process }: ParallelRun): ReturnType<typeof stateOf> {
  return stateOf(process);
}

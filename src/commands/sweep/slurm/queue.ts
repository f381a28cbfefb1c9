import type { Failure } from '../../../core/failure.js';
import { failed, success, type Result } from '../../../core/result.js';
import type { CommandFailed } from '../../../core/failures/build.js';
import { slurmCommand } from './command.js';

/** One task of an array, as Slurm tells of it. */
export interface QueuedTask {
  /** Name of the job: one for each handover. */
  readonly name: string;
  /** Number that Slurm gave the array. */
  readonly array: number;
  /** Its index in the array: the place of its job in the handover. */
  readonly index: number;
  /** `PENDING`, `RUNNING`, `NODE_FAIL`, ... */
  readonly state: string;
  /** The node that it runs on or ran on; empty where it has none. */
  readonly node: string;
  /** Why it waits, or ended so: `Resources`, `TimeLimit`, ... */
  readonly reason: string;
}

/** What the queue holds, or that nobody says so. */
export type Queue =
  | { readonly kind: 'tasks'; readonly tasks: readonly QueuedTask[] }
  | { readonly kind: 'silent'; readonly failure: CommandFailed };

// The same in all versions, unlike --json. The reason comes last: it is free text.
const FORMAT = '%j|%F|%K|%T|%N|%r';

/**
 * Everything that Slurm knows of our jobs of these names, also of those that have ended a while ago: one call, whatever
 * their number. `silent`: the controller does not answer. Fails where squeue is not installed, or is interrupted.
 */
export async function queuedTasks(names: readonly string[], signal?: AbortSignal): Promise<Result<Queue, Failure>> {
  const asked = ['--noheader', '--array', '--me', '--states=all', `--name=${names.join(',')}`, `--format=${FORMAT}`];
  const answer = await slurmCommand('squeue', asked, signal === undefined ? {} : { signal });
  if (answer.ok) {
    return success({ kind: 'tasks', tasks: parseQueue(answer.value.stdout) });
  }
  // Whatever squeue does not like, it is asked again: jobs are not lost because nobody can say how they are.
  return answer.failure.reason === 'command-failed'
    ? success({ kind: 'silent', failure: answer.failure })
    : failed(answer.failure);
}

/** Whether Slurm has any job of this user, of any kind. Fails with Slurm's own words. */
export async function hasJobs(): Promise<Result<boolean, Failure>> {
  const answer = await slurmCommand('squeue', ['--noheader', '--me', '--format=%A']);
  return answer.ok ? success(answer.value.stdout.trim() !== '') : answer;
}

/** What squeue printed in {@link FORMAT}. Lines that are no task of an array are left out. */
export function parseQueue(text: string): QueuedTask[] {
  return text.split('\n').flatMap((line) => {
    const [name, array, index, state, node, ...reason] = line.split('|');
    const isTask = /^\d+$/.test(array ?? '') && /^\d+$/.test(index ?? '');
    return isTask && name !== undefined && state !== undefined
      ? [{ name, array: Number(array), index: Number(index), state, node: node ?? '', reason: reason.join('|') }]
      : [];
  });
}

/** Ends whole arrays. Fails with Slurm's own words. */
export async function cancelArrays(arrays: readonly number[]): Promise<Result<void, Failure>> {
  return cancelled(arrays.map(String));
}

/** Ends one task of an array. Fails with Slurm's own words. */
export async function cancelTask({ array, index }: QueuedTask): Promise<Result<void, Failure>> {
  return cancelled([`${array}_${index}`]);
}

async function cancelled(which: readonly string[]): Promise<Result<void, Failure>> {
  if (which.length === 0) {
    return success(undefined);
  }
  const done = await slurmCommand('scancel', [...which]);
  return done.ok ? success(undefined) : done;
}

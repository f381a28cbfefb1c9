import type { Failure } from '../../../core/failure.js';
import type { CommandFailed } from '../../../core/failures/build.js';
import { failed, success, type Result } from '../../../core/result.js';
import type { SlurmKeys, SweepSettings } from '../../../recipe/schema/sweep.js';
import { slurmCommand } from './command.js';
import { refusalOf, type Refusal } from './refusal.js';

/** An array of jobs as it is to be submitted. */
export interface Submission {
  /** Of the jobs, in Slurm. */
  readonly name: string;
  readonly kind: 'build' | 'measure';
  /** How many tasks; their indices begin with 0. */
  readonly count: number;
  readonly settings: SweepSettings['slurm'];
  /** Where tasks are at home, as all nodes see it. */
  readonly folder: string;
  /** What each task says goes there; `%a` is its index, `%%` a `%`. */
  readonly log: string;
  /** The script that each task runs, and its arguments. */
  readonly script: readonly string[];
  /** Variables that tasks get. */
  readonly environment: Readonly<Record<string, string>>;
  /** Arrays whose tasks have to have gone through all of them. */
  readonly after: readonly number[];
}

/** Why an array was not taken now. */
export interface Trouble {
  readonly kind: Exclude<Refusal, 'refused'>;
  /** With Slurm's own words. */
  readonly failure: CommandFailed;
}

/** The number that an array has got. */
export interface Submitted {
  readonly kind: 'submitted';
  readonly array: number;
}

/**
 * Submits an array. Fails with Slurm's own words where it will not be taken later either. After an interruption, or
 * `silent`, it may have been taken all the same.
 */
export async function submit(
  submission: Submission,
  signal: AbortSignal,
): Promise<Result<Submitted | Trouble, Failure>> {
  const { environment } = submission;
  const answer = await slurmCommand('sbatch', sbatchArguments(submission), { environment, signal, endsAt: SLEEPING });
  if (answer.ok) {
    return submittedAs(answer.value.stdout);
  }
  const { failure } = answer;
  if (failure.reason !== 'command-failed') {
    return failed(failure);
  }
  const words = failure.lastLines.join(' ').trim();
  const kind = failure.timedOut === true && words === '' ? 'silent' : refusalOf(words);
  return kind === 'refused' ? failed({ reason: 'jobs-refused', words }) : success({ kind, failure });
}

function submittedAs(stdout: string): Result<Submitted, Failure> {
  const array = Number(/^\d+/m.exec(stdout)?.[0]);
  return array > 0
    ? success({ kind: 'submitted', array })
    : failed({ reason: 'jobs-refused', words: `sbatch gave no number: ${stdout}` });
}

/** It would try again by itself, and nobody would look after the other jobs meanwhile. */
const SLEEPING = /sleeping and retrying/;

/** What sbatch is called with: options of the sweep's file, then those that have to be, then the script. */
export function sbatchArguments(submission: Submission): string[] {
  const { name, kind, count, settings, folder, log, script, after } = submission;
  const keys = keysFor(kind, settings);
  const atOnce = settings['at-once'] === undefined ? '' : `%${settings['at-once']}`;
  return [
    ...wished(keys, kind),
    '--parsable',
    `--job-name=${name}`,
    `--array=0-${count - 1}${atOnce}`,
    '--nodes=1',
    '--ntasks=1',
    '--export=ALL',
    // Whether, and how often, something is tried again is decided in one place.
    '--no-requeue',
    `--chdir=${folder}`,
    `--output=${log}`,
    ...(after.length === 0 ? [] : [`--dependency=afterok:${after.join(':')}`, '--kill-on-invalid-dep=yes']),
    ...script,
  ];
}

/** What holds for jobs of a kind: its own keys before those of all. */
export function keysFor(kind: Submission['kind'], settings: SweepSettings['slurm']): SlurmKeys {
  const { build, measure, 'at-once': _atOnce, ...common } = settings;
  const own = kind === 'build' ? build : measure;
  return { ...common, ...own, options: [...(common.options ?? []), ...(own.options ?? [])] };
}

function wished(keys: SlurmKeys, kind: Submission['kind']): string[] {
  const { partition, account, qos, constraint, time, cpus, options = [] } = keys;
  const isExclusive = keys.exclusive ?? kind === 'measure';
  // An exclusive job has all processors of its node, but only as much memory as it asks for.
  const memory = keys.memory ?? (isExclusive ? '0' : undefined);
  const values = { partition, account, qos, constraint, time, mem: memory, 'cpus-per-task': cpus };
  const named = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return [...options, ...named, ...(isExclusive ? ['--exclusive'] : [])];
}

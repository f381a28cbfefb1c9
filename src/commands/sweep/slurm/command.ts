import { failed, type Result } from '../../../core/result.js';
import { runCommand, type CommandFailure, type CommandOutput } from '../../../system/command.js';
import { environmentVariables } from '../../../system/environment.js';

/** How a command of Slurm's is called. */
export interface SlurmCall {
  /** Variables that it gets, and hands on to the jobs that it submits. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** It is ended as soon as it says this. */
  readonly endsAt?: RegExp;
}

/** Where Slurm is, and what a user has set for all jobs: the commands get nothing else of the user's shell. */
const PASSED_ON = [
  'SLURM_CONF',
  'SBATCH_ACCOUNT',
  'SBATCH_PARTITION',
  'SBATCH_QOS',
  'SBATCH_RESERVATION',
  'SBATCH_TIMELIMIT',
];

/** A configuration that is not there is looked for again and again for a minute. */
const NO_SLURM = 'retrying in 1sec up to';

/** Slurm's commands try again by themselves for minutes. */
const PATIENCE = 30_000;

/**
 * Runs a command of Slurm's to its end. Fails with `tool-missing`, `interrupted`, or `command-failed` with what it said;
 * one that takes longer than half a minute, or was ended for what it said, has failed, too.
 */
export async function slurmCommand(
  program: 'sbatch' | 'squeue' | 'scancel' | 'scontrol',
  words: readonly string[],
  { environment = {}, signal, endsAt }: SlurmCall = {},
): Promise<Result<CommandOutput, CommandFailure>> {
  const enough = new AbortController();
  const done = await runCommand({
    program,
    arguments: words,
    folder: '/',
    environment: { ...environment, ...passedOn() },
    timeoutMilliseconds: PATIENCE,
    neededBy: '"executor: slurm"',
    signal: AbortSignal.any([enough.signal, ...(signal === undefined ? [] : [signal])]),
    onLine: (line) => {
      if (line.includes(NO_SLURM) || endsAt?.test(line) === true) {
        enough.abort(line);
      }
    },
  });
  return !done.ok && enough.signal.aborted && signal?.aborted !== true
    ? failed({ reason: 'command-failed', command: [program], folder: '/', lastLines: [String(enough.signal.reason)] })
    : done;
}

function passedOn(): Readonly<Record<string, string>> {
  return environmentVariables((name) => PASSED_ON.includes(name));
}

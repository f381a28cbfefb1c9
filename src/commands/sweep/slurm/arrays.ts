import { existsSync } from 'node:fs';
import type { Failure } from '../../../core/failure.js';
import { success, type Result } from '../../../core/result.js';
import { environmentVariables } from '../../../system/environment.js';
import { attempt, readJsonIfThere, remove, writeFileAtomically } from '../../../system/files.js';
import type { Elsewhere } from '../executor.js';
import type { HandedPlace, Handover } from '../document.js';
import type { QueuedTask } from './queue.js';
import { submit, type Submission, type Submitted, type Trouble } from './submission.js';
import { TASK_SCRIPT } from './task-script.js';

/** `handovers/<number>.slurm.json`: what is known of the array that a handover has become. */
interface ArrayRecord {
  /** When sbatch was called last. Milliseconds since the epoch. */
  readonly called: number;
  /** The number of the array; missing as long as sbatch has not given one. */
  readonly array?: number;
  /** True: its tasks wait for others, and are ended by Slurm where one of those fails. */
  readonly isForeseen?: true;
}

/** How a handover stands with Slurm. `settling`: it may have it, which will show. */
export type ArrayStanding =
  Submitted | Trouble | { readonly kind: 'known'; readonly array: number } | { readonly kind: 'settling' };

/** For so long a call of sbatch whose end nobody has seen may still lead to an array. */
const SETTLING = 15_000;

/** Sees to it that each handover becomes one array, however often front ends are killed in between. */
export class SlurmArrays {
  constructor(private readonly elsewhere: Elsewhere) {}

  /** The name of a handover's jobs in Slurm. No other sweep has it. */
  nameOf({ number }: Pick<Handover, 'number'>): string {
    return `bootlap-${this.elsewhere.folder.id}-${number}`;
  }

  /**
   * Submits a handover, unless it was: by this front end or by one that was killed, whether or not it had come to note it.
   * @param tasks what Slurm knows of it, asked for just now
   * @param after arrays that have to go through before
   */
  async ensure(
    handover: Handover,
    { tasks, after, signal }: { tasks: readonly QueuedTask[]; after: readonly number[]; signal: AbortSignal },
  ): Promise<Result<ArrayStanding, Failure>> {
    const read = this.#read(handover);
    if (!read.ok) {
      return read;
    }
    const record = read.value;
    if (record?.array !== undefined) {
      return success({ kind: 'known', array: record.array });
    }
    // The first of them: of a second one, each task finds its job claimed.
    const found = Math.min(...tasks.filter(({ name }) => name === this.nameOf(handover)).map(({ array }) => array));
    const array = Number.isFinite(found) ? found : this.#isClaimed(handover) ? 0 : undefined;
    if (array !== undefined) {
      const kept = this.#write(handover, { ...(record ?? { called: Date.now() }), array });
      return kept.ok ? success({ kind: 'known', array }) : kept;
    }
    if (record !== undefined && Math.abs(Date.now() - record.called) < SETTLING) {
      return success({ kind: 'settling' });
    }
    return this.#submit(handover, after, signal);
  }

  /** Whether Slurm has, or had, a handover. */
  hasArray(handover: Pick<Handover, 'number'>): boolean {
    const read = this.#read(handover);
    return read.ok && read.value !== undefined;
  }

  /** Whether a handover's tasks wait in Slurm for others. */
  isForeseen(handover: Pick<Handover, 'number'>): boolean {
    const read = this.#read(handover);
    return read.ok && read.value?.isForeseen === true;
  }

  /** Whether a job has ever begun. */
  hasBegun({ number, index }: HandedPlace): boolean {
    return existsSync(`${this.#claims({ number })}.${index}`);
  }

  /** What a job has said: a file here, or words that say on which node it is. */
  logOf(job: HandedPlace, node: string): { readonly path: string } | { readonly words: string } {
    const { plan, handovers } = this.elsewhere;
    const { log } = this.#home(job);
    return plan.hosts.results === 'folder'
      ? { path: handovers.logOf(job) }
      : {
          words: node === '' ? '' : `; what it said is in ${log.replace('%a', String(job.index))} on ${node}`,
        };
  }

  async #submit(
    handover: Handover,
    after: readonly number[],
    signal: AbortSignal,
  ): Promise<Result<ArrayStanding, Failure>> {
    const record: ArrayRecord = { called: Date.now(), ...(after.length === 0 ? {} : { isForeseen: true }) };
    const noted = this.#write(handover, record);
    if (!noted.ok) {
      return noted;
    }
    const submitted = await submit(this.#submission(handover, after), signal);
    if (!submitted.ok) {
      // Interrupted, it may have been taken: who comes next waits and looks.
      return submitted.failure.reason === 'interrupted' ? submitted : this.#forget(handover, submitted);
    }
    if (submitted.value.kind === 'submitted') {
      const kept = this.#write(handover, { ...record, array: submitted.value.array });
      return kept.ok ? submitted : kept;
    }
    return submitted.value.kind === 'silent' ? submitted : this.#forget(handover, submitted);
  }

  #submission(handover: Handover, after: readonly number[]): Submission {
    const { plan, handovers } = this.elsewhere;
    const { jobs } = handover;
    const script = handovers.recordPath(handover, 'sh');
    return {
      name: this.nameOf(handover),
      kind: jobs[0]?.kind ?? 'build',
      count: jobs.length,
      settings: plan.slurm,
      ...this.#home(handover),
      script: [script, this.#claims(handover), ...handovers.command(handover)],
      environment: jobEnvironment(plan.hosts.environment),
      after,
    };
  }

  /** Where results travel by the shared cache, nodes need not see the sweep's folder. */
  #home(handover: Pick<Handover, 'number'>): Pick<Submission, 'folder' | 'log'> {
    const { folder, plan } = this.elsewhere;
    return plan.hosts.results === 'folder'
      ? // Slurm puts a relative path behind the folder, and then looks for signs in all of it.
        { folder: folder.path, log: `${folder.path.replaceAll('%', '%%')}/logs/${handover.number}-%a.log` }
      : { folder: '/tmp', log: `/tmp/${this.nameOf(handover)}-%a.log` };
  }

  #claims({ number }: Pick<Handover, 'number'>): string {
    return this.elsewhere.handovers.recordPath({ number }, 'claim');
  }

  #isClaimed({ number, jobs }: Handover): boolean {
    return jobs.some((_job, index) => this.hasBegun({ number, index }));
  }

  #recordPath(handover: Pick<Handover, 'number'>): string {
    return this.elsewhere.handovers.recordPath(handover, 'slurm.json');
  }

  #read(handover: Pick<Handover, 'number'>): Result<ArrayRecord | undefined, Failure> {
    const path = this.#recordPath(handover);
    return attempt(path, () => readJsonIfThere(path) as unknown as ArrayRecord | undefined);
  }

  #write(handover: Handover, record: ArrayRecord): Result<void, Failure> {
    const path = this.#recordPath(handover);
    return attempt(path, () => {
      writeFileAtomically(this.elsewhere.handovers.recordPath(handover, 'sh'), TASK_SCRIPT);
      writeFileAtomically(path, `${JSON.stringify(record)}\n`);
    });
  }

  /** Slurm has certainly not taken it. */
  #forget<T>(handover: Handover, outcome: T): T | Result<never, Failure> {
    const path = this.#recordPath(handover);
    const removed = attempt(path, () => remove(path));
    return removed.ok ? outcome : removed;
  }
}

/** What jobs find of the front end's environment: what bootlap is set up by, and what the sweep's file names. */
function jobEnvironment(names: readonly string[]): Readonly<Record<string, string>> {
  return environmentVariables((name) => name.startsWith('BOOTLAP_') || names.includes(name));
}

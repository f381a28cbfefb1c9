import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { StepFailure } from '../../core/event.js';
import { EXIT_STATUS, type ExitStatus } from '../../core/exit-status.js';
import type { Failure } from '../../core/failure.js';
import type { Step } from '../../core/step.js';
import type { RunOutcome } from '../../engine/index.js';
import type { ComparisonDocument } from '../../report/comparison.js';
import type { Summary } from '../../report/summary.js';
import { ciJob } from '../../system/ci.js';
import { workingFolder } from '../../system/environment.js';
import { attemptAsync, readJsonIfThere, writeFileAtomically } from '../../system/files.js';
import type { JunitSuite } from '../../ui/junit.js';
import { fail } from '../report-failure.js';
import type { Session } from '../session.js';

/** What a command does as it goes on, for those who read no terminal: a JUnit file, and the job of a CI service. */
export interface Recorder {
  /** A run has ended. `steps`: those that were asked for. */
  ran(name: string, outcome: RunOutcome, steps: readonly Step[]): void;
  /** A comparison is made; its record lies in `folder`. */
  compared(document: ComparisonDocument, folder: string): void;
  /** What it makes is made, such as `bundle`. */
  made(what: string): void;
  /** It has stopped before there was a run, or after it. */
  stopped(failure: Failure): void;
  /** It is over: what is to be written is written. Gives the exit status, which is another one where that failed. */
  end(status: ExitStatus): Promise<ExitStatus>;
}

/** Who records a command; nobody where `--junit` is not given and no service runs us. */
export function openRecorder(session: Session, { junit }: { readonly junit?: string }): Recorder | undefined {
  const job = ciJob();
  return junit === undefined && job?.service !== 'github' ? undefined : new CallRecorder(session, junit);
}

class CallRecorder implements Recorder {
  readonly #session: Session;
  readonly #junit: string | undefined;
  readonly #failures: StepFailure[] = [];
  readonly #suites: (() => Promise<JunitSuite>)[] = [];
  #folder: string | undefined;

  constructor(session: Session, junit: string | undefined) {
    this.#session = session;
    this.#junit = junit;
  }

  ran(name: string, outcome: RunOutcome, steps: readonly Step[]): void {
    this.#folder = outcome.folder;
    this.#failures.push(...outcome.failures);
    this.#suites.push(async () => (await import('./suites.js')).stepSuite(name, outcome, steps));
  }

  compared(document: ComparisonDocument, folder: string): void {
    this.#folder = folder;
    if (document.gates.length > 0) {
      this.#suites.push(async () => (await import('./suites.js')).gateSuite(document));
    }
  }

  made(what: string): void {
    this.#suites.push(async () => (await import('./suites.js')).madeSuite(what));
  }

  stopped(failure: Failure): void {
    this.#failures.push({ failure });
    this.#suites.push(async () => (await import('./suites.js')).unbegunSuite(failure));
  }

  async end(status: ExitStatus): Promise<ExitStatus> {
    await this.#tellJob(status);
    return this.#junit === undefined ? status : this.#writeJunit(resolve(workingFolder(), this.#junit), status);
  }

  async #tellJob(status: ExitStatus): Promise<void> {
    const job = ciJob();
    if (job?.service !== 'github') {
      return;
    }
    const folder = this.#folder;
    const warnings = folder === undefined ? [] : warningsOf(folder);
    const { tellJob } = await import('./tell.js');
    const ended = { status, warnings, failures: this.#failures };
    tellJob(this.#session, job, folder === undefined ? ended : { ...ended, folder });
  }

  async #writeJunit(path: string, status: ExitStatus): Promise<ExitStatus> {
    const written = await attemptAsync(path, async () => {
      const suites = await Promise.all(this.#suites.map((suite) => suite()));
      const { junitXml } = await import('../../ui/junit.js');
      mkdirSync(dirname(path), { recursive: true });
      writeFileAtomically(path, await junitXml(suites));
    });
    if (written.ok) {
      return status;
    }
    const own = await fail(this.#session, written.failure);
    return status === EXIT_STATUS.done ? own : status;
  }
}

function warningsOf(folder: string): Summary['warnings'] {
  const summary = readJsonIfThere(join(folder, 'summary.json')) as unknown as Summary | undefined;
  return summary?.warnings ?? [];
}

import type { StepEnd, StepFailure } from '../core/event.js';
import type { Digest } from '../core/digest.js';
import type { Failure } from '../core/failure.js';
import type { Lane, Step, StepName } from '../core/step.js';
import { evaluate, outputDigests, type Evaluation } from './evaluate.js';
import type { Execution } from './execute.js';
import type { Selected } from './selection.js';
import { logPath } from './run-folder.js';
import { endOf, settle } from './settle.js';

/** How many steps of a lane run at once. Builds share their processors through the job budget. */
const MOST_AT_ONCE: Readonly<Record<Lane, number>> = { network: 4, build: 4, light: 16, exclusive: 1 };

export interface ScheduleRequest {
  readonly execution: Execution;
  readonly evaluations: ReadonlyMap<StepName, Evaluation>;
  readonly selected: Selected;
  readonly keepGoing: boolean;
  /** Ends the steps that are running; called when one has failed and `keepGoing` is not set. */
  readonly stopOthers: () => void;
}

export interface ScheduleOutcome {
  readonly ends: readonly StepEnd[];
  readonly failures: readonly StepFailure[];
}

/** Settles every selected step, side by side where they do not depend on each other. */
export async function schedule(request: ScheduleRequest): Promise<ScheduleOutcome> {
  const scheduler = new Scheduler(request);
  await scheduler.run();
  return { ends: scheduler.ends, failures: scheduler.failures };
}

class Scheduler {
  readonly ends: StepEnd[] = [];
  readonly failures: StepFailure[] = [];
  /** Outputs of the steps that ended well. */
  private readonly known = new Map<StepName, Record<string, Digest>>();
  private readonly pending: Step[];
  private readonly running = new Map<StepName, { lane: Lane; ended: Promise<void> }>();
  private readonly lost = new Set<StepName>();

  constructor(private readonly request: ScheduleRequest) {
    this.pending = [...request.execution.session.steps];
  }

  async run(): Promise<void> {
    try {
      this.startWhatCan();
      while (this.running.size > 0) {
        await Promise.race([...this.running.values()].map((running) => running.ended));
        this.startWhatCan();
      }
    } catch (error) {
      // The lock goes with us: nothing may go on in the workspace.
      this.request.stopOthers();
      await Promise.allSettled([...this.running.values()].map((running) => running.ended));
      throw error;
    }
    if (this.pending.length > 0) {
      throw new Error(`nothing runs and ${this.pending.map((step) => step.name).join(', ')} cannot begin`);
    }
  }

  /** Goes on until nothing moves: a step that is fresh ends at once and lets the next begin. */
  private startWhatCan(): void {
    for (let moved = true; moved;) {
      moved = false;
      for (const step of [...this.pending]) {
        if (this.begin(step)) {
          this.pending.splice(this.pending.indexOf(step), 1);
          moved = true;
        }
      }
    }
  }

  /** True where the step needs no further look: it ended, or it runs now. */
  private begin(step: Step): boolean {
    const needs = step.inputs.upstream.map((reference) => reference.step);
    const lost = needs.find((name) => this.lost.has(name));
    const { selected, execution } = this.request;
    if (!selected.steps.has(step.name)) {
      return this.passOver(step, needs);
    }
    if (lost !== undefined && this.failures[0]?.failure.reason !== 'interrupted') {
      return this.skip(step, `it needs ${lost}, which has no result`);
    }
    if (execution.signal.aborted || (this.failures.length > 0 && !this.request.keepGoing)) {
      return this.skip(step, 'the run was stopped');
    }
    if (!needs.every((name) => this.known.has(name)) || !this.hasRoom(step)) {
      return false;
    }
    this.start(step);
    return true;
  }

  /** A step that the user left out: its outputs serve if they are there. */
  private passOver(step: Step, needs: readonly StepName[]): boolean {
    const evaluation = this.request.evaluations.get(step.name);
    if (evaluation === undefined || evaluation.state === 'stale') {
      return this.skip(step, 'it is not selected');
    }
    if (evaluation.state === 'restorable' && this.isNeeded(step)) {
      if (!needs.every((name) => this.known.has(name))) {
        return needs.some((name) => this.lost.has(name)) ? this.skip(step, 'it is not selected') : false;
      }
      this.start(step);
      return true;
    }
    this.know(step, evaluation);
    this.end({
      event: 'step',
      step: step.name,
      status: 'skipped',
      seconds: 0,
      because: 'it is not selected',
      ...fingerprintIn(evaluation),
    });
    return true;
  }

  private isNeeded(step: Step): boolean {
    const { session } = this.request.execution;
    return session.steps.some(
      (other) =>
        this.request.selected.steps.has(other.name) &&
        other.inputs.upstream.some((reference) => reference.step === step.name),
    );
  }

  private know(step: Step, { record }: Evaluation): void {
    if (record !== undefined) {
      this.known.set(step.name, outputDigests(record));
    }
  }

  private skip(step: Step, because: string): true {
    this.lost.add(step.name);
    this.end({ event: 'step', step: step.name, status: 'skipped', seconds: 0, because });
    return true;
  }

  /** What is timed runs alone; everything else beside its like. */
  private hasRoom(step: Step): boolean {
    const lanes = [...this.running.values()].map((running) => running.lane);
    if (step.lane === 'exclusive' || lanes.includes('exclusive')) {
      return lanes.length === 0;
    }
    return lanes.filter((lane) => lane === step.lane).length < MOST_AT_ONCE[step.lane];
  }

  private start(step: Step): void {
    const started = performance.now();
    const ended = this.settle(step, started).finally(() => this.running.delete(step.name));
    this.running.set(step.name, { lane: step.lane, ended });
  }

  private async settle(step: Step, started: number): Promise<void> {
    const { execution } = this.request;
    const settled = await settle(execution, this.evaluationNow(step), this.known);
    const seconds = (performance.now() - started) / 1000;
    if (!settled.ok) {
      this.fail(step, seconds, settled.failure);
      return;
    }
    const { record } = settled.value;
    this.known.set(step.name, outputDigests(record));
    if (settled.value.status !== 'ran') {
      record.notices.forEach(({ level, text }) => execution.sink({ event: 'notice', step: step.name, level, text }));
    }
    this.end(endOf(settled.value, seconds));
  }

  /** The evaluation at the start of the run, or a new one where it had to wait for what runs before it. */
  private evaluationNow(step: Step): Evaluation {
    const { execution, evaluations, selected } = this.request;
    const first = evaluations.get(step.name);
    if (first?.state === 'fresh' || first?.state === 'restorable') {
      if (this.readsTheSame(step, first)) {
        return first;
      }
    }
    return evaluate(execution.session, step, { known: this.known, forced: selected.forced.has(step.name) });
  }

  private readsTheSame(step: Step, { inputs }: Evaluation): boolean {
    return step.inputs.upstream.every(
      ({ step: name, output }) => this.known.get(name)?.[output] === inputs?.upstream[`${name}/${output}`],
    );
  }

  private fail(step: Step, seconds: number, failure: Failure): void {
    const { execution } = this.request;
    if (failure.reason === 'interrupted' && execution.signal.aborted) {
      this.interrupted(step);
      return;
    }
    this.lost.add(step.name);
    this.failures.push({ step: step.name, log: logPath(execution.run, step.name), failure });
    this.end({ event: 'step', step: step.name, status: 'failed', seconds });
    if (!this.request.keepGoing) {
      this.request.stopOthers();
    }
  }

  /** Neither the step's fault nor its failure: the user, or another step's failure, has stopped it. */
  private interrupted(step: Step): void {
    const { reason } = this.request.execution.signal as { reason: unknown };
    if (this.failures.length === 0) {
      this.failures.push({
        failure: { reason: 'interrupted', ...(typeof reason === 'string' ? { signal: reason } : {}) },
      });
    }
    this.skip(step, 'the run was stopped while it ran');
  }

  private end(end: StepEnd): void {
    this.ends.push(end);
    this.request.execution.sink(end);
  }
}

function fingerprintIn({ fingerprint }: Evaluation): { fingerprint?: Digest } {
  return fingerprint === undefined ? {} : { fingerprint };
}

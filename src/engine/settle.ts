import type { StepEnd, StepStatus } from '../core/event.js';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import type { Step } from '../core/step.js';
import { attempt, remove } from '../system/files.js';
import { evaluate, type Evaluation, type KnownOutputs } from './evaluate.js';
import { placementOf } from './session.js';
import { offerShared, takeShared } from './take-shared.js';
import { executeStep, type Execution } from './execute.js';
import { objectPath, placeOutputs } from './outputs.js';
import { markRecordUsed, removeRecord, writeLastResult, type StepRecord } from './record.js';

/** A step whose outputs are in place, and how they got there. */
export interface Settled {
  readonly record: StepRecord;
  readonly status: Extract<StepStatus, 'fresh' | 'restored' | 'ran'>;
  /** The host of the shared cache that it came from. */
  readonly from?: string;
}

/** How often a step is run again because somebody changed its inputs while it ran. */
const MOST_RUNS = 3;

/** Brings a step's outputs into place: they are there, or they are restored, or the step runs. */
export async function settle(
  execution: Execution,
  evaluation: Evaluation,
  known: KnownOutputs,
): Promise<Result<Settled, Failure>> {
  const kept = settleKept(execution, evaluation) ?? (await settleShared(execution, evaluation));
  const settled = kept ?? (await runHushed(execution, evaluation, known));
  if (settled.ok) {
    offerShared(execution, evaluation.step, settled.value);
  }
  return settled;
}

/** What is in place, or in the workspace's own cache; `undefined` where nothing is, or it is damaged. */
function settleKept(execution: Execution, { state, record }: Evaluation): Result<Settled, Failure> | undefined {
  if (record === undefined || state === 'stale') {
    return undefined;
  }
  if (state === 'fresh') {
    return success(noteUse(execution, { record, status: 'fresh' }));
  }
  const restored = restore(execution, record);
  if (!restored.ok) {
    return restored;
  }
  return restored.value ? success(noteUse(execution, { record, status: 'restored' })) : undefined;
}

/** What another machine has made of the same inputs; `undefined` where nobody has, or it cannot be had. */
async function settleShared(
  execution: Execution,
  evaluation: Evaluation,
): Promise<Result<Settled, Failure> | undefined> {
  const record = execution.shared === undefined ? undefined : await takeShared(execution, evaluation);
  if (record === undefined) {
    return undefined;
  }
  const restored = restore(execution, record);
  if (restored.ok && !restored.value) {
    return undefined;
  }
  const from = execution.shared?.host ?? '';
  return restored.ok ? success(noteUse(execution, { record, status: 'restored', from })) : restored;
}

/** Runs the step. Nothing is sent while something is timed. */
async function runHushed(
  execution: Execution,
  evaluation: Evaluation,
  known: KnownOutputs,
): Promise<Result<Settled, Failure>> {
  const { shared } = execution;
  if (shared === undefined || evaluation.step.lane !== 'exclusive') {
    return runUntilSteady(execution, evaluation, known);
  }
  await shared.hush();
  try {
    return await runUntilSteady(execution, evaluation, known);
  } finally {
    shared.resume();
  }
}

function noteUse({ session }: Execution, settled: Settled): Settled {
  // Only the order in which a full cache is emptied hangs on it.
  attempt(session.workspace.records, () => markRecordUsed(session.workspace, settled.record.fingerprint));
  return settled;
}

/** Gives false where the cache turned out to be damaged; then that entry is thrown away and said. */
function restore({ session, sink }: Execution, record: StepRecord): Result<boolean, Failure> {
  const { workspace, recipe } = session;
  return attempt(workspace.out, () => {
    const damaged = placeOutputs(placementOf(session, record));
    if (damaged === undefined) {
      writeLastResult(workspace, recipe, record);
      return true;
    }
    remove(objectPath(workspace, damaged));
    removeRecord(workspace, record.fingerprint);
    const text = `the cached result is damaged (object ${damaged.slice(0, 12)}...): thrown away, ${record.step} runs again`;
    sink({ event: 'notice', step: record.step, level: 'warning', text });
    return false;
  });
}

/** Runs the step; again where its inputs are not the same after the run as before it. */
async function runUntilSteady(
  execution: Execution,
  evaluation: Evaluation,
  known: KnownOutputs,
): Promise<Result<Settled, Failure>> {
  const { session } = execution;
  const { step } = evaluation;
  announce(execution, evaluation);
  for (let run = 1; run <= MOST_RUNS; run += 1) {
    const { inputs, fingerprint, blocked } = evaluate(session, step, { known, forced: true });
    if (inputs === undefined) {
      return failed(blocked ?? { reason: 'interrupted' });
    }
    const isSteady = (): boolean => evaluate(session, step, { known, forced: true }).fingerprint === fingerprint;
    const made = await executeStep({ execution, step, inputs, isSteady });
    if (!made.ok) {
      return made;
    }
    if (made.value !== 'unsteady') {
      return placeMade(execution, made.value);
    }
    execution.sink({ event: 'notice', step: step.name, level: 'warning', text: changedWhileRunning(step) });
  }
  return failed(neverSteady(step));
}

function changedWhileRunning(step: Step): string {
  return `an input of ${step.name} was changed while it ran: what came of it is thrown away`;
}

function neverSteady(step: Step): Failure {
  const path = Object.values(step.inputs.files)[0] ?? step.name;
  return {
    reason: 'file-trouble',
    path,
    code: 'EBUSY',
    detail: `what ${step.name} reads was changed each time it ran`,
  };
}

function announce({ sink }: Execution, { step, because, last }: Evaluation): void {
  const expected = last === undefined ? {} : { expectedSeconds: last.seconds };
  sink({ event: 'start', step: step.name, title: step.title, because, ...expected });
}

function placeMade(execution: Execution, record: StepRecord): Result<Settled, Failure> {
  const { workspace } = execution.session;
  const placed = attempt(workspace.out, () => placeOutputs(placementOf(execution.session, record)));
  if (!placed.ok) {
    return placed;
  }
  if (placed.value !== undefined) {
    removeRecord(workspace, record.fingerprint);
    const path = objectPath(workspace, placed.value);
    return failed({
      reason: 'file-trouble',
      path,
      code: 'EIO',
      detail: 'it does not read back as it was written: the disk may be failing',
    });
  }
  return success({ record, status: 'ran' });
}

/** The event that says how a step ended well. */
export function endOf({ record, status, from }: Settled, seconds: number): StepEnd {
  const { step, fingerprint, madeAt } = record;
  const compiled = status === 'ran' ? record.compiled : undefined;
  return {
    event: 'step',
    step,
    status,
    seconds,
    fingerprint,
    madeAt,
    ...(from !== undefined && { from }),
    ...(compiled && { compiled }),
  };
}

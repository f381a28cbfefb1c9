import type { Digest } from '../core/digest.js';
import type { StepState } from '../core/event.js';
import type { Failure } from '../core/failure.js';
import type { HeldOutputs, OutputReference, Step, StepName } from '../core/step.js';
import { changesBetween, describeChange } from './explain.js';
import { fingerprintOf, inputsOf, type InputsDocument } from './fingerprint.js';
import { outputsInPlace } from './outputs.js';
import { readLastResult, readRecord, type LastResult, type StepRecord } from './record.js';
import { placementOf, type Session } from './session.js';

/** Where a step stands. */
export interface Evaluation {
  readonly step: Step;
  readonly state: StepState;
  /** Why it is stale, one reason each; empty where it is not. */
  readonly because: readonly string[];
  /** Missing where an upstream step has to run first, or an input is not there. */
  readonly inputs?: InputsDocument;
  readonly fingerprint?: Digest;
  /** The record that makes it fresh or restorable. */
  readonly record?: StepRecord;
  /** What this step last made, whatever from. */
  readonly last?: LastResult;
  /** An input or tool that is not there: the step cannot run. */
  readonly blocked?: Failure;
}

/** Digests of the outputs of steps that have ended, or need not run. */
export type KnownOutputs = ReadonlyMap<StepName, Readonly<Record<string, Digest>>>;

/** Evaluates every step, in the order of the pipeline, as things stand. */
export function evaluateAll(session: Session, forced: ReadonlySet<StepName>): Map<StepName, Evaluation> {
  const evaluations = new Map<StepName, Evaluation>();
  const known = new Map<StepName, Record<string, Digest>>();
  for (const step of session.steps) {
    const evaluation = evaluate(session, step, { known, forced: forced.has(step.name) });
    evaluations.set(step.name, evaluation);
    if (evaluation.record !== undefined && evaluation.state !== 'stale') {
      known.set(step.name, outputDigests(evaluation.record));
    }
  }
  return evaluations;
}

/** The digests of what a record's step made. */
export function outputDigests(record: StepRecord): Record<string, Digest> {
  return Object.fromEntries(Object.entries(record.outputs).map(([name, output]) => [name, output.digest]));
}

/** Evaluates one step, given what is known of the outputs before it. */
export function evaluate(
  session: Session,
  step: Step,
  { known, forced }: { known: KnownOutputs; forced: boolean },
): Evaluation {
  const last = readLastResult(session.workspace, session.recipe, step.name);
  const base = { step, ...(last === undefined ? {} : { last }) };
  const waitingFor = step.inputs.upstream.map((reference) => reference.step).filter((name) => !known.has(name));
  if (waitingFor.length > 0) {
    return { ...base, state: 'stale', because: [...new Set(waitingFor)].map((name) => `${name} runs before it`) };
  }
  const upstreamDigest = (reference: OutputReference): Digest => knownDigest(known, reference);
  const inputs = inputsOf(step, { digests: session.digests, tools: session.tools, upstreamDigest });
  if (!inputs.ok) {
    return { ...base, state: 'stale', because: [describeBlock(inputs.failure)], blocked: inputs.failure };
  }
  const fingerprint = fingerprintOf(inputs.value);
  const found = { ...base, inputs: inputs.value, fingerprint };
  if (forced) {
    return { ...found, state: 'stale', because: ['it is forced to run'] };
  }
  const record = readRecord(session.workspace, fingerprint);
  if (typeof record === 'string') {
    return { ...found, state: 'stale', because: whyNoRecord(record, inputs.value, last) };
  }
  if (step.held !== undefined && !holds(step.held, record)) {
    return { ...found, state: 'stale', because: [step.held.because] };
  }
  return {
    ...found,
    record,
    because: [],
    state: outputsInPlace(placementOf(session, record)) ? 'fresh' : 'restorable',
  };
}

/** Whether a record's outputs are the ones that something else has settled. */
export function holds({ digests }: HeldOutputs, { outputs }: StepRecord): boolean {
  return Object.entries(digests).every(([name, digest]) => outputs[name]?.digest === digest);
}

function knownDigest(known: KnownOutputs, { step, output }: OutputReference): Digest {
  const digest = known.get(step)?.[output];
  if (digest === undefined) {
    throw new Error(`${step} has no output "${output}"`);
  }
  return digest;
}

function whyNoRecord(record: 'missing' | 'damaged', inputs: InputsDocument, last: LastResult | undefined): string[] {
  if (record === 'damaged') {
    return ['its record in the cache is damaged'];
  }
  if (last === undefined) {
    return ['it has not run here yet'];
  }
  const changes = changesBetween(last.inputs, inputs).map(describeChange);
  return changes.length > 0 ? changes : ['its result is no longer in the cache'];
}

function describeBlock(failure: { reason: string; tool?: string; path?: string }): string {
  return failure.tool !== undefined
    ? `${failure.tool} is not installed`
    : `${failure.path ?? 'an input'} cannot be read`;
}

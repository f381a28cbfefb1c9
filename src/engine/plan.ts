import type { Digest } from '../core/digest.js';
import type { StepState } from '../core/event.js';
import type { Failure } from '../core/failure.js';
import type { StepUnknown } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import type { Step, StepName } from '../core/step.js';
import { nearest } from '../core/nearest.js';
import { evaluate, evaluateAll, outputDigests, type Evaluation } from './evaluate.js';
import { changesBetween, type Change } from './explain.js';
import { inOrder } from './order.js';
import type { PipelineRequest } from './run.js';
import { openSession, type Session } from './session.js';
import type { SharedResults } from './shared.js';
import { lookShared } from './take-shared.js';
import { select } from './selection.js';
import { workspaceAt } from './workspace.js';

/** What a plan needs to know. */
export interface PlanRequest extends Pick<PipelineRequest, 'recipe' | 'steps' | 'workspace' | 'selection'> {
  /** What other machines have made: it is asked for what is stale here. */
  readonly shared?: Pick<SharedResults, 'host' | 'find'>;
}

/** How one step stands, and how long it took the last time. */
export interface PlannedStep {
  readonly step: Step;
  /** False where the user left it out. */
  readonly selected: boolean;
  readonly state: StepState;
  readonly because: readonly string[];
  readonly fingerprint?: Digest;
  readonly expectedSeconds?: number;
  /** ISO 8601. */
  readonly madeAt?: string;
  /** The host of the shared cache that has it, where the workspace's own has not. */
  readonly from?: string;
}

/** Says of each step how it stands. Runs nothing and changes nothing but what is remembered of digests. */
export async function planPipeline(request: PlanRequest): Promise<Result<PlannedStep[], Failure>> {
  const steps = inOrder(request.steps);
  const selected = select(steps, request.selection);
  if (!selected.ok) {
    return selected;
  }
  const session = await openSession(workspaceAt(request.workspace), request.recipe, steps);
  const { forced, steps: chosen } = selected.value;
  const { shared } = request;
  const evaluations =
    shared === undefined ? [...evaluateAll(session, forced).values()] : await askForStale(session, forced, shared);
  return success(evaluations.map((evaluation) => planned(evaluation, chosen)));
}

/** An evaluation, and the host of the shared cache that has the result. */
type Placed = Evaluation & { readonly from?: string };

/** As `evaluateAll`; what is stale and known to the shared cache counts as restorable, and so for what reads it. */
async function askForStale(
  session: Session,
  forced: ReadonlySet<StepName>,
  shared: NonNullable<PlanRequest['shared']>,
): Promise<Placed[]> {
  const placed: Placed[] = [];
  const known = new Map<StepName, Record<string, Digest>>();
  for (const step of session.steps) {
    const isForced = forced.has(step.name);
    const here = evaluate(session, step, { known, forced: isForced });
    const there = here.state === 'stale' && !isForced ? await lookShared(shared, here) : undefined;
    const found = there && { state: 'restorable' as const, record: there.record, because: [], from: shared.host };
    const evaluation = { ...here, ...found };
    placed.push(evaluation);
    const outputs = outputsAhead(evaluation);
    if (outputs !== undefined) {
      known.set(step.name, outputs);
    }
  }
  return placed;
}

/** What a step's outputs are, or will be: what is held elsewhere will come of it, or it fails. */
function outputsAhead({ step, state, record }: Evaluation): Record<string, Digest> | undefined {
  if (record !== undefined && state !== 'stale') {
    return outputDigests(record);
  }
  const { digests } = step.held ?? {};
  const isWhole = digests !== undefined && Object.keys(step.outputs).every((name) => name in digests);
  return isWhole ? { ...digests } : undefined;
}

function planned(evaluation: Placed, selected: ReadonlySet<StepName>): PlannedStep {
  const { step, state, because, fingerprint, last, record, from } = evaluation;
  const madeAt = record?.madeAt;
  return {
    step,
    selected: selected.has(step.name),
    state,
    because,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(last === undefined ? {} : { expectedSeconds: last.seconds }),
    ...(madeAt === undefined ? {} : { madeAt }),
    ...(from === undefined ? {} : { from }),
  };
}

/** Why a step is as it is: what it reads now against what it read when it last ran here. */
export interface Explanation extends PlannedStep {
  /** When its last result here was made; missing where it never had one. */
  readonly lastMadeAt?: string;
  /** The host of the shared cache that its last result came from. */
  readonly lastFrom?: string;
  /** Empty where nothing differs, or where it never ran. */
  readonly changes: readonly Change[];
}

/** Explains one step, by its exact name. Fails with `step-unknown`. */
export async function explainStep(request: PlanRequest, name: StepName): Promise<Result<Explanation, Failure>> {
  const steps = inOrder(request.steps);
  if (!steps.some((step) => step.name === name)) {
    return failed(unknownStep(steps, name));
  }
  const session = await openSession(workspaceAt(request.workspace), request.recipe, steps);
  const evaluation = evaluateAll(session, new Set()).get(name);
  if (evaluation === undefined) {
    throw new Error(`${name} was not evaluated`);
  }
  const { last, inputs } = evaluation;
  const changes = last === undefined || inputs === undefined ? [] : changesBetween(last.inputs, inputs);
  return success({
    ...planned(evaluation, new Set([name])),
    ...(last === undefined ? {} : { lastMadeAt: last.madeAt }),
    ...(last?.from === undefined ? {} : { lastFrom: last.from }),
    changes,
  });
}

function unknownStep(steps: readonly Step[], pattern: string): StepUnknown {
  const known = steps.map((step) => step.name);
  const near = nearest(pattern, known);
  return {
    reason: 'step-unknown',
    option: 'the step',
    pattern,
    known,
    ...(near === undefined ? {} : { nearest: near }),
  };
}

import type { Digest } from '../core/digest.js';
import type { StepState } from '../core/event.js';
import type { Failure } from '../core/failure.js';
import type { StepUnknown } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import type { Step, StepName } from '../core/step.js';
import { nearest } from '../core/nearest.js';
import { evaluateAll, type Evaluation } from './evaluate.js';
import { changesBetween, type Change } from './explain.js';
import { inOrder } from './order.js';
import type { PipelineRequest } from './run.js';
import { openSession } from './session.js';
import { select } from './selection.js';
import { workspaceAt } from './workspace.js';

/** What a plan needs to know. */
export type PlanRequest = Pick<PipelineRequest, 'recipe' | 'steps' | 'workspace' | 'selection'>;

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
}

/** Says of each step how it stands. Runs nothing and changes nothing but what is remembered of digests. */
export async function planPipeline(request: PlanRequest): Promise<Result<PlannedStep[], Failure>> {
  const steps = inOrder(request.steps);
  const selected = select(steps, request.selection);
  if (!selected.ok) {
    return selected;
  }
  const session = await openSession(workspaceAt(request.workspace), request.recipe, steps);
  const evaluations = evaluateAll(session, selected.value.forced);
  return success([...evaluations.values()].map((evaluation) => planned(evaluation, selected.value.steps)));
}

function planned(evaluation: Evaluation, selected: ReadonlySet<StepName>): PlannedStep {
  const { step, state, because, fingerprint, last, record } = evaluation;
  const madeAt = record?.madeAt;
  return {
    step,
    selected: selected.has(step.name),
    state,
    because,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(last === undefined ? {} : { expectedSeconds: last.seconds }),
    ...(madeAt === undefined ? {} : { madeAt }),
  };
}

/** Why a step is as it is: what it reads now against what it read when it last ran here. */
export interface Explanation extends PlannedStep {
  /** When it last ran here; missing where it never did. */
  readonly lastMadeAt?: string;
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

import type { Digest } from '../../core/digest.js';
import type { JsonObject } from '../../core/json.js';
import type { StepName } from '../../core/step.js';
import type { Arms } from '../../measure/interleaved-plan.js';
import type { Recipe } from '../../recipe/schema.js';

/** One side of a comparison, built and probed by a pipeline of its own. */
export interface CompareArm {
  readonly recipe: Recipe;
  /** Fingerprint of its probe, in which everything is that its boots depend on. */
  readonly probe: Digest;
  /** Absolute path of what one of its steps made. */
  readonly output: (step: StepName, output: string) => string;
}

/** What both sides have to share for their boots to be interleaved: of two numbers of boots the greater. */
export interface SharedMeasure extends JsonObject {
  readonly boots: number;
  readonly warmup: number;
  readonly seed: number;
  readonly maxFailed: number;
}

/** How two recipes are measured together. */
export function sharedMeasure({ a, b }: Arms<Pick<CompareArm, 'recipe'>>): SharedMeasure {
  const [ours, theirs] = [a.recipe.measure, b.recipe.measure];
  return {
    boots: Math.max(ours.boots, theirs.boots),
    warmup: Math.max(ours.warmup, theirs.warmup),
    seed: ours.seed,
    maxFailed: Math.min(ours['max-failed'], theirs['max-failed']),
  };
}

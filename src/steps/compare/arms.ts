import type { Digest } from '../../core/digest.js';
import type { JsonObject } from '../../core/json.js';
import type { StepName } from '../../core/step.js';
import { milliseconds } from '../../measure/duration.js';
import type { Arms } from '../../measure/interleaved-plan.js';
import type { StopAsked } from '../../measure/stop.js';
import type { Recipe } from '../../recipe/schema.js';
import { stopAsked } from '../boot-params.js';

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
  /** What ends it, where one of them does not say how many boots to make. */
  readonly stop?: StopAsked;
}

/** How two recipes are measured together. */
export function sharedMeasure(arms: Arms<Pick<CompareArm, 'recipe'>>): SharedMeasure {
  const shared = sharedKeys(arms);
  const [ours, theirs] = [arms.a.recipe.measure, arms.b.recipe.measure];
  const stop = stopAsked(shared);
  return {
    boots: shared.boots,
    warmup: shared.warmup,
    seed: shared.seed,
    maxFailed: Math.min(ours['max-failed'], theirs['max-failed']),
    ...(stop === undefined ? {} : { stop }),
  };
}

/** The keys of `measure` that decide how often both are booted: the longer time, and the narrower interval. */
export function sharedKeys({ a, b }: Arms<Pick<CompareArm, 'recipe'>>): SharedKeys {
  const [ours, theirs] = [a.recipe.measure, b.recipe.measure];
  const time = furthest([ours.for, theirs.for], milliseconds);
  const until = furthest([ours.until, theirs.until], (share) => -Number.parseFloat(share));
  return {
    boots: Math.max(ours.boots, theirs.boots),
    warmup: Math.max(ours.warmup, theirs.warmup),
    seed: ours.seed,
    'max-boots': Math.max(ours['max-boots'], theirs['max-boots']),
    ...(time === undefined ? {} : { for: time }),
    ...(until === undefined ? {} : { until }),
  };
}

type SharedKeys = Pick<Recipe['measure'], 'boots' | 'warmup' | 'seed' | 'for' | 'until' | 'max-boots'>;

function furthest(texts: readonly (string | undefined)[], size: (text: string) => number): string | undefined {
  return texts
    .filter((text) => text !== undefined)
    .sort((a, b) => size(b) - size(a))
    .at(0);
}

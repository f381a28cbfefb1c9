import type { Digest } from '../../core/digest.js';
import type { JsonObject } from '../../core/json.js';
import type { StepName } from '../../core/step.js';
import { milliseconds } from '../../measure/duration.js';
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

type MeasuredRecipe = Pick<CompareArm, 'recipe'>;

/** What all sides have to share for their boots to be interleaved: of several numbers of boots the greatest. */
export interface SharedMeasure extends JsonObject {
  readonly boots: number;
  readonly warmup: number;
  readonly seed: number;
  readonly maxFailed: number;
  /** What ends it, where one of them does not say how many boots to make. */
  readonly stop?: StopAsked;
}

/** How recipes are measured together. */
export function sharedMeasure(arms: readonly MeasuredRecipe[]): SharedMeasure {
  const shared = sharedKeys(arms);
  const stop = stopAsked(shared);
  return {
    boots: shared.boots,
    warmup: shared.warmup,
    seed: shared.seed,
    maxFailed: Math.min(...arms.map(({ recipe }) => recipe.measure['max-failed'])),
    ...(stop === undefined ? {} : { stop }),
  };
}

/** The keys of `measure` that decide how often all are booted: the longest time, the narrowest interval, the seed of the first. */
export function sharedKeys(arms: readonly MeasuredRecipe[]): SharedKeys {
  const all = arms.map(({ recipe }) => recipe.measure);
  const most = (of: (measure: Recipe['measure']) => number): number => Math.max(...all.map(of));
  const texts = (key: 'for' | 'until'): (string | undefined)[] => all.map((measure) => measure[key]);
  const time = furthest(texts('for'), milliseconds);
  const until = furthest(texts('until'), (share) => -Number.parseFloat(share));
  return {
    boots: most(({ boots }) => boots),
    warmup: most(({ warmup }) => warmup),
    seed: all[0]?.seed ?? 1,
    'max-boots': most((measure) => measure['max-boots']),
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

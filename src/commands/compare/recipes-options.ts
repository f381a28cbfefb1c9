import type { ExecutionOptions } from '../options.js';

/** Settings for both recipes and for each of them. */
export interface RecipesOptions extends ExecutionOptions {
  readonly setA: readonly string[];
  readonly setB: readonly string[];
  readonly withA: readonly string[];
  readonly withB: readonly string[];
  readonly force?: true;
  readonly offline?: true;
  readonly allowDifferent?: true;
}

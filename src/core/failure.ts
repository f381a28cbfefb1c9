import type { BuildFailure } from './failures/build.js';
import type { BundleFailure } from './failures/bundle.js';
import type { CompareFailure } from './failures/compare.js';
import type { HostFailure } from './failures/host.js';
import type { JobFailure } from './failures/jobs.js';
import type { MeasureFailure } from './failures/measure.js';
import type { NetworkFailure } from './failures/network.js';
import type { RecipeFailure } from './failures/recipe.js';

/**
 * Everything that can go wrong in the world, as plain data told apart by `reason`.
 * Only `ui` turns one into sentences. To add one: declare it in its group, then follow the compiler.
 */
export type Failure =
  | RecipeFailure
  | NetworkFailure
  | HostFailure
  | BuildFailure
  | MeasureFailure
  | CompareFailure
  | BundleFailure
  | JobFailure;

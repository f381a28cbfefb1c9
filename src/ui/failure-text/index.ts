import type { Failure } from '../../core/failure.js';
import { buildExplainers } from './build.js';
import { bundleExplainers } from './bundle.js';
import { compareExplainers } from './compare.js';
import { hostExplainers } from './host.js';
import { jobExplainers } from './jobs.js';
import { measureExplainers } from './measure.js';
import { networkExplainers } from './network.js';
import { recipeExplainers } from './recipe.js';
import type { Explainers, FailureText } from './text.js';

export type { FailureText } from './text.js';

const EXPLAINERS: Explainers<Failure> = {
  ...recipeExplainers,
  ...networkExplainers,
  ...hostExplainers,
  ...buildExplainers,
  ...measureExplainers,
  ...compareExplainers,
  ...bundleExplainers,
  ...jobExplainers,
};

/** A failure in words. A reason without words does not compile. */
export function explainFailure(failure: Failure): FailureText {
  const explain = EXPLAINERS[failure.reason] as (failure: Failure) => FailureText;
  return explain(failure);
}

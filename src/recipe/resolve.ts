import type { RecipeFailure, RecipeInvalid } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import type { FileFailure } from '../system/files.js';
import { readRecipeChain, type RecipeChain } from './chain.js';
import { checkSchema } from './check.js';
import { checkCoherence } from './coherence.js';
import { findRecipe } from './find.js';
import { withFinePoints } from './fine-points.js';
import type { Located } from './located.js';
import type { RecipeRequest, ResolvedRecipe } from './request.js';
import { resolvePaths } from './paths.js';
import { applySettings } from './setting.js';

/** Does what `loadRecipe` promises. A module of its own, because it brings in zod and yaml. */
export function resolveRecipe(request: RecipeRequest): Result<ResolvedRecipe, RecipeFailure | FileFailure> {
  const file = findRecipe(request.nameOrFile, request.workingFolder);
  if (!file.ok) {
    return file;
  }
  const chain = readRecipeChain(file.value);
  if (!chain.ok) {
    return chain;
  }
  const settled = applySettings(chain.value.recipe, request);
  if (!settled.ok) {
    return settled;
  }
  return settleRecipe({ ...chain.value, recipe: settled.value });
}

/** Checks a recipe whose layers lie over each other, works its fine points in and makes its file names absolute. */
export function settleRecipe({
  recipe: merged,
  files,
  digests,
}: Omit<RecipeChain, 'recipe'> & { readonly recipe: Located }): Result<ResolvedRecipe, RecipeInvalid> {
  const written = checkSchema(merged);
  if (!written.ok) {
    return failed({ reason: 'recipe-invalid', problems: written.failure });
  }
  const node = withFinePoints(merged, written.value);
  // Most recipes have none, and a check takes most of the time of a load.
  const recipe = node === merged ? written : checkSchema(node);
  if (!recipe.ok) {
    return failed({ reason: 'recipe-invalid', problems: recipe.failure });
  }
  const paths = resolvePaths(recipe.value, node);
  const problems = [...checkCoherence(recipe.value, node), ...paths.problems];
  if (problems.length > 0) {
    return failed({ reason: 'recipe-invalid', problems });
  }
  return success({ recipe: paths.recipe, files, digests, present: paths.present, absent: paths.absent });
}

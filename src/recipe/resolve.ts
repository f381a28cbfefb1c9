import type { RecipeFailure } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import type { FileFailure } from '../system/files.js';
import { readRecipeChain } from './chain.js';
import { checkSchema } from './check.js';
import { checkCoherence } from './coherence.js';
import { findRecipe } from './find.js';
import { withFinePoints } from './fine-points.js';
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
  const written = checkSchema(settled.value);
  if (!written.ok) {
    return failed({ reason: 'recipe-invalid', problems: written.failure });
  }
  const node = withFinePoints(settled.value, written.value);
  const recipe = checkSchema(node);
  if (!recipe.ok) {
    return failed({ reason: 'recipe-invalid', problems: recipe.failure });
  }
  const paths = resolvePaths(recipe.value, node);
  const problems = [...checkCoherence(recipe.value, node), ...paths.problems];
  if (problems.length > 0) {
    return failed({ reason: 'recipe-invalid', problems });
  }
  const { files, digests } = chain.value;
  return success({ recipe: paths.recipe, files, digests, present: paths.present, absent: paths.absent });
}

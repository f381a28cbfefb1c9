import type { RecipeFailure } from '../core/failures/recipe.js';
import type { Result } from '../core/result.js';
import type { FileFailure } from '../system/files.js';
import type { LoadedRecipe, RecipeRequest } from './request.js';

export type { LoadedRecipe, RecipeRequest } from './request.js';

/**
 * Loads a recipe: reads its file and those it extends, lays the settings over them, checks all of it, and makes every
 * file name absolute.
 *
 * Fails with `recipe-not-found`, `recipe-syntax`, `recipe-extends-loop`, `setting-invalid`, `recipe-invalid` (every
 * problem at once), or what the file system refuses.
 */
export async function loadRecipe(request: RecipeRequest): Promise<Result<LoadedRecipe, RecipeFailure | FileFailure>> {
  const { resolveRecipe } = await import('./resolve.js');
  return resolveRecipe(request);
}

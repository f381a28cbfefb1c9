import type { Digest } from '../core/digest.js';
import type { Recipe } from './schema.js';

/** Which recipe, and what the command line lays over it. */
export interface RecipeRequest {
  /** The name of a recipe that ships, or a path (it has a slash or ends in `.yaml`). */
  readonly nameOrFile: string;
  /** `--set`, as given: `measure.boots=50`. */
  readonly settings: readonly string[];
  /** `--with`, as given: `kernel=../linux`. */
  readonly with: readonly string[];
  /** Folder that relative paths of the command line start from. Absolute. */
  readonly workingFolder: string;
}

/** A recipe ready for use. */
export interface LoadedRecipe {
  /** Checked, with every default filled in and every file name absolute. */
  readonly recipe: Recipe;
  /** Every recipe file that was read, the recipe's own first. Absolute. */
  readonly files: readonly string[];
}

/** A loaded recipe and what else has to stay as it is for it to hold. */
export interface ResolvedRecipe extends LoadedRecipe {
  /** The digest of each of `files` as it was read. */
  readonly digests: readonly Digest[];
  /** Files that the recipe names and that were there. */
  readonly present: readonly string[];
  /** Places where such a file was looked for first, and was not. */
  readonly absent: readonly string[];
}

import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RecipeNotFound } from '../core/failures/recipe.js';
import { byCodeUnit } from '../core/json.js';
import { nearest } from '../core/nearest.js';
import { failed, success, type Result } from '../core/result.js';
import { packageFolder } from '../system/environment.js';

/** Folder of what recipes share: kernel config fragments and the like. */
export const configsFolder: string = join(packageFolder, 'configs');

const recipesFolder = join(configsFolder, 'recipes');

/** The names of the recipes that ship, in code-unit order. */
export function shippedRecipes(): string[] {
  const files = readdirSync(recipesFolder).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => file.slice(0, -'.yaml'.length)).sort(byCodeUnit);
}

/** Tells a path (it has a slash or ends in `.yaml` or `.yml`) from the name of a recipe that ships. */
export function isRecipePath(nameOrFile: string): boolean {
  return nameOrFile.includes('/') || /\.ya?ml$/.test(nameOrFile);
}

/** The absolute path of a recipe's file; a path is relative to `folder`. Fails with `recipe-not-found`. */
export function findRecipe(nameOrFile: string, folder: string): Result<string, RecipeNotFound> {
  const file = isRecipePath(nameOrFile) ? resolve(folder, nameOrFile) : join(recipesFolder, `${nameOrFile}.yaml`);
  if (existsSync(file)) {
    return success(file);
  }
  const known = shippedRecipes();
  const near = nearest(nameOrFile.replace(/^.*\//, '').replace(/\.ya?ml$/, ''), known);
  return failed({
    reason: 'recipe-not-found',
    recipe: nameOrFile,
    known,
    ...(near === undefined ? {} : { nearest: near }),
  });
}

import { dirname, resolve } from 'node:path';
import type { RecipeFailure } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import { homeFolder } from '../system/environment.js';
import { checkAgainst } from './check.js';
import { parseRecipeText } from './document.js';
import { userConfigSchema, type UserConfig } from './schema/user-config.js';

/**
 * Reads the text of a user's configuration. Fails with `recipe-syntax` or `recipe-invalid`, every problem with its line.
 * @param file absolute, for messages and for the paths in it
 */
export function parseUserConfig(text: string, file: string): Result<UserConfig, RecipeFailure> {
  const folder = dirname(file);
  if (/^\s*(#.*\s*)*$/.test(text)) {
    return success({});
  }
  const parsed = parseRecipeText(text, { file, folder, trusted: true });
  if (!parsed.ok) {
    return parsed;
  }
  const checked = checkAgainst(userConfigSchema, parsed.value);
  if (!checked.ok) {
    return failed({ reason: 'recipe-invalid', problems: checked.failure });
  }
  const { 'remote-cache': cache, ...rest } = checked.value;
  const place = (path: string): string => resolve(folder, path.replace(/^~(?=\/)/, homeFolder()));
  if (cache === undefined) {
    return success(rest);
  }
  const { key, ...others } = cache;
  const files = { trust: cache.trust.map(place), ...(key === undefined ? {} : { key: place(key) }) };
  return success({ ...rest, 'remote-cache': { ...others, ...files } });
}

import { realpathSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { digestBytes, type Digest } from '../core/digest.js';
import type { RecipeFailure } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, type FileFailure } from '../system/files.js';
import { problemAt, shown } from './check.js';
import { parseRecipeText } from './document.js';
import { findRecipe, isRecipePath } from './find.js';
import type { Located, LocatedMapping } from './located.js';
import { mergeRecipes } from './merge.js';
import { whyOutside } from './outside.js';

/** A recipe with everything that it extends worked in. */
export interface RecipeChain {
  readonly recipe: LocatedMapping;
  /** Every file that was read, the recipe's own first. Absolute. */
  readonly files: readonly string[];
  /** The digest of each file's bytes as they were read. */
  readonly digests: readonly Digest[];
}

/**
 * Reads a recipe file and those that it extends, and lays them over each other, the extended one below.
 * `name` and `description` are a file's own and are not handed on; without a name, the file's name is it.
 */
export function readRecipeChain(file: string): Result<RecipeChain, RecipeFailure | FileFailure> {
  const chain = readFrom(file, []);
  if (!chain.ok) {
    return chain;
  }
  const { recipe } = chain.value;
  if (recipe.content.has('name')) {
    return chain;
  }
  const name: Located = { origin: { ...recipe.origin, line: 1 }, content: basename(file).replace(/\.ya?ml$/, '') };
  return success({ ...chain.value, recipe: { ...recipe, content: new Map([['name', name], ...recipe.content]) } });
}

function readFrom(file: string, above: readonly string[]): Result<RecipeChain, RecipeFailure | FileFailure> {
  const read = attempt(file, () => ({ real: realpathSync(file), bytes: readFileSync(file) }));
  if (!read.ok) {
    return read;
  }
  const chain = [...above, read.value.real];
  if (above.includes(read.value.real)) {
    return failed({ reason: 'recipe-extends-loop', chain });
  }
  const parsed = parseRecipeText(read.value.bytes.toString(), { file, folder: dirname(file), trusted: false });
  if (!parsed.ok) {
    return parsed;
  }
  const base = extendedFile(parsed.value);
  if (!base.ok) {
    return base;
  }
  const below = base.value === undefined ? success(undefined) : readFrom(base.value, chain);
  return below.ok ? success(layered(parsed.value, digestBytes(read.value.bytes), below.value)) : below;
}

function layered(recipe: LocatedMapping, digest: Digest, below: RecipeChain | undefined): RecipeChain {
  const own = without(recipe, ['extends']);
  const inherited =
    below === undefined ? { ...recipe, content: new Map() } : without(below.recipe, ['name', 'description']);
  const files = [recipe.origin.file, ...(below?.files ?? [])];
  const digests = [digest, ...(below?.digests ?? [])];
  return { recipe: mergeRecipes(inherited, own) as LocatedMapping, files, digests };
}

function without(mapping: LocatedMapping, keys: readonly string[]): LocatedMapping {
  return { ...mapping, content: new Map([...mapping.content].filter(([key]) => !keys.includes(key))) };
}

/** The file that a recipe extends; `undefined` where it extends none. */
function extendedFile(recipe: LocatedMapping): Result<string | undefined, RecipeFailure> {
  const base = recipe.content.get('extends');
  if (base === undefined) {
    return success(undefined);
  }
  const expected = 'the name of a recipe that ships, or ./file.yaml beside or below this file';
  if (typeof base.content !== 'string') {
    return failed({
      reason: 'recipe-invalid',
      problems: [problemAt(recipe, ['extends'], { found: shown(base), expected })],
    });
  }
  const outside = isRecipePath(base.content) ? whyOutside(recipe.origin.folder, base.content) : undefined;
  if (outside !== undefined) {
    const found = `${shown(base)}, which ${outside}`;
    return failed({ reason: 'recipe-invalid', problems: [problemAt(recipe, ['extends'], { found, expected })] });
  }
  const file = findRecipe(base.content, recipe.origin.folder);
  return file.ok ? file : failed({ ...file.failure, extendedBy: recipe.origin.file });
}

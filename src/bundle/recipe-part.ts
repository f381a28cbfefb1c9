import { basename } from 'node:path';
import type { BundleIncomplete } from '../core/failures/bundle.js';
import { byCodeUnit, type Json } from '../core/json.js';
import { success, type Result } from '../core/result.js';
import { withoutLogin } from '../core/login.js';
import { COMPONENTS, type Step } from '../core/step.js';
import type { Recipe } from '../recipe/schema.js';
import type { FileFailure } from '../system/files.js';
import { textFile, type TarFile } from '../system/tar-writer.js';
import { jsonText, PLACES } from './bundle-document.js';
import { machineFiles, type MachineFile } from './machine-file.js';
import { plainPath } from './plain-name.js';
import { resultFile, type OutputFile, type Results } from './results.js';

/** The recipe as it was resolved, without a path of this machine, and what it reads. */
export interface RecipePart {
  readonly recipe: Json;
  readonly files: readonly TarFile[];
}

/** Steps whose input files belong to a recipe. */
const READS_RECIPE_FILES = /^(patch|configure):/;

/** Gathers `recipe/`: the recipe, its patches and configurations, what its pins settled and where its sources are from. */
export function recipePart(
  recipe: Recipe,
  steps: readonly Step[],
  results: Results,
): Result<RecipePart, BundleIncomplete | FileFailure> {
  const read = recipeFiles(steps, results);
  const files = machineFiles(read, results.command);
  if (!files.ok) {
    return files;
  }
  const found = [...files.value];
  for (const [wanted, to] of recordedOutputs(results)) {
    const file = resultFile(results, wanted, { to });
    if (!file.ok) {
      return file;
    }
    found.push(file.value);
  }
  const places = new Map(read.map(({ file, to }) => [file, to]));
  const portable = portableRecipe(recipe, places);
  return success({ recipe: portable, files: [textFile(PLACES.recipe, jsonText(portable)), ...found] });
}

/** The patches and configurations that the run's steps read, as they were then. */
function recipeFiles(steps: readonly Step[], { steps: results }: Results): MachineFile[] {
  return steps
    .filter(({ name }) => READS_RECIPE_FILES.test(name))
    .flatMap(({ name, inputs }) =>
      Object.entries(inputs.files).map(([label, file]) => {
        const was = results.get(name)?.inputs.files[label];
        const to = `recipe/${folderOf(name)}/${plainPath(label)}`;
        return { file, to, ...(was === undefined ? {} : { was }) };
      }),
    )
    .sort((a, b) => byCodeUnit(a.to, b.to));
}

/** `patch:kernel` -> `patches/kernel`. */
function folderOf(step: string): string {
  const [verb, component = ''] = step.split(':');
  return `${verb === 'patch' ? 'patches' : 'configs'}/${component}`;
}

/** Small outputs that say what was taken, and where in a bundle they lie; those that the run did not make are left out. */
function recordedOutputs({ steps }: Results): [OutputFile, string][] {
  const wanted = COMPONENTS.flatMap((component): [OutputFile, string][] => [
    [{ step: `pin:${component}`, output: 'pin' }, `recipe/pins/${component}.json`],
    [{ step: `pin:${component}-config`, output: 'pin' }, `recipe/pins/${component}-config.json`],
    [{ step: `fetch:${component}`, output: 'source', path: 'source.json' }, `recipe/sources/${component}.json`],
    [{ step: `fetch:${component}-config`, output: 'config' }, `recipe/configs/${component}.fetched.config`],
    [{ step: `configure:${component}`, output: 'config' }, `recipe/configs/${component}.config`],
    [{ step: `patch:${component}`, output: 'applied' }, `recipe/patches/${component}.applied.json`],
  ]);
  return wanted.filter(([{ step, output }]) => steps.get(step)?.outputs[output] !== undefined);
}

const PATH_KEYS = new Set(['local', 'file']);

/**
 * The recipe with every path of this machine replaced: by the place in the bundle where the file lies there, else by its
 * last part. A login in an address is left out.
 */
export function portableRecipe(recipe: Recipe, places: ReadonlyMap<string, string>): Json {
  const portable = (value: unknown, key: string): Json => {
    if (Array.isArray(value)) {
      return value.map((each) => portable(each, key));
    }
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, portable(each, name)]));
    }
    return typeof value === 'string' ? portableText(value, { key, places }) : (value as Json);
  };
  return portable(recipe, '');
}

function portableText(text: string, { key, places }: { key: string; places: ReadonlyMap<string, string> }): string {
  const place = places.get(text);
  if (place !== undefined) {
    return place;
  }
  const isPath = text.startsWith('/') && (PATH_KEYS.has(key) || key === 'installed');
  return isPath ? basename(text) : withoutLogin(text);
}

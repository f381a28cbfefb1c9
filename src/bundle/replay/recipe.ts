import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import type { Usage } from '../../core/failures/recipe.js';
import { failed, success, type Result } from '../../core/result.js';
import { checkSchema, problemAt } from '../../recipe/check.js';
import { parseRecipeText } from '../../recipe/document.js';
import { measureFaults } from '../../recipe/measure-coherence.js';
import type { Recipe } from '../../recipe/schema.js';
import { applySettings } from '../../recipe/setting.js';
import { attempt } from '../../system/files.js';
import { PLACES, type BundleDocument } from '../bundle-document.js';
import { recordedOf, type Recorded } from '../recorded.js';

/** What is to be measured otherwise than it was. */
export interface ReplaySettings {
  /** `measure.boots=50`; of other keys there are none to set: what they say is built already. */
  readonly settings: readonly string[];
  readonly workingFolder: string;
}

/** Settings that a replay takes. */
const SETTABLE = /^\s*measure\./;

/**
 * The recipe by which an unpacked bundle is measured: the one in it, with the accelerator and the method that it was
 * measured with, as far as this machine has them. Fails with `usage` for a setting that is not one of the measurement,
 * and with `recipe-invalid` where the bundle's is none.
 */
export function replayRecipe(
  folder: string,
  document: BundleDocument,
  { settings, workingFolder }: ReplaySettings,
): Result<Recipe, Failure> {
  const stray = settings.find((setting) => !SETTABLE.test(setting));
  if (stray !== undefined) {
    return failed(notSettable(stray));
  }
  const file = join(folder, PLACES.recipe);
  const text = attempt(file, () => readFileSync(file, 'utf8'));
  const parsed = text.ok ? parseRecipeText(text.value, { file, folder, trusted: false }) : text;
  const settled = parsed.ok ? applySettings(parsed.value, { settings, with: [], workingFolder }) : parsed;
  if (!settled.ok) {
    return settled;
  }
  const recipe = checkSchema(settled.value);
  if (!recipe.ok) {
    return failed({ reason: 'recipe-invalid', problems: recipe.failure });
  }
  // What it says of sources and patches was checked where it was built, and names files of that machine.
  const problems = measureFaults(recipe.value).map(({ path, ...words }) => problemAt(settled.value, path, words));
  return problems.length > 0
    ? failed({ reason: 'recipe-invalid', problems })
    : success(asRecorded(recipe.value, recordedOf(document), settings));
}

function notSettable(setting: string): Usage {
  return {
    reason: 'usage',
    message: `--set ${setting} cannot be set: what is in the bundle is built already`,
    hint: 'how it is measured can be, such as --set measure.boots=50',
  };
}

function asRecorded(recipe: Recipe, recorded: Recorded | undefined, settings: readonly string[]): Recipe {
  if (recorded === undefined) {
    return recipe;
  }
  const { accelerator, method } = recorded;
  const asksMethod = settings.some((setting) => /^\s*measure\.method\s*=/.test(setting));
  // KVM may not serve here: then it is measured all the same, and said. The machine that takes its place may have no
  // points to trace, and so nothing but "exit" is held to.
  const accel = accelerator === 'kvm' ? 'auto' : 'tcg';
  const measure = method === 'exit' && !asksMethod ? { ...recipe.measure, method } : recipe.measure;
  return { ...recipe, machine: { ...recipe.machine, accel }, measure };
}

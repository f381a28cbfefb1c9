import type { Usage } from '../core/failures/recipe.js';

/**
 * The complaint about a word that must be a step, given to a `--force` that takes none, as the one of `bootlap run`
 * does; `undefined` where there is no such word.
 * @param words what the command takes for names of recipes or runs
 */
export function stepAfterForce(words: readonly (string | undefined)[], force: boolean): Usage | undefined {
  const step = words.find((word) => word !== undefined && STEP.test(word));
  return step === undefined || !force
    ? undefined
    : {
        reason: 'usage',
        message: `--force takes no step here, and "${step}" is one`,
        hint: '--force alone boots again',
      };
}

const STEP = /^(probe|measure|report)$|^(pin|fetch|patch|configure|make):|^[^/\\]*\*[^/\\]*$/;

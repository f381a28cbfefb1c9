import type { Arms } from '../../measure/interleaved-plan.js';
import type { ComparisonCall } from '../../report/comparison-reproduce.js';
import { quoted } from '../../report/reproduce.js';
import type { RecipesOptions } from './recipes-options.js';
import type { WishOptions } from './wish.js';

/** What was called for, as far as the same call has to be made again; `words` name what is compared. */
export function comparisonCall(words: Arms<string>, options: RecipesOptions & WishOptions): ComparisonCall {
  const { set, setA, setB, with: trees, withA, withB, threshold, failIf, allowDifferent } = options;
  return {
    words,
    options: [
      `--threshold ${quoted(threshold)}`,
      ...failIf.map((gate) => `--fail-if ${quoted(gate)}`),
      ...(allowDifferent === true ? ['--allow-different'] : []),
    ],
    set,
    with: trees,
    sets: { a: setA, b: setB },
    withs: { a: withA, b: withB },
  };
}

import { canonicalJson, type Json } from '../../core/json.js';
import { plain, type Located } from '../located.js';

/** What a cell sets: axis -> value, with the line that each came from. */
export type Combination = ReadonlyMap<string, Located>;

/** A matrix as it is written. */
export interface SweepMatrix {
  /** Axis -> its values, the first axis the slowest. */
  readonly axes: ReadonlyMap<string, readonly Located[]>;
  readonly include: readonly Combination[];
  readonly exclude: readonly Combination[];
}

/** More combinations than anybody can measure: most likely an axis too many. */
export const MOST_CELLS = 20_000;

/** How many combinations the axes alone have. */
export function countCombinations({ axes }: Pick<SweepMatrix, 'axes'>): number {
  return axes.size === 0 ? 0 : [...axes.values()].reduce((product, { length }) => product * length, 1);
}

/**
 * Every combination of a matrix, as GitHub Actions has it. What an entry of `exclude` matches, in all that it names, is
 * left out. Then each entry of `include` is added to every combination of the matrix of which it changes no value; values
 * that an entry has added may be changed by a later one. An entry that fits none is a combination of its own, to which no
 * other is added.
 */
export function combine({ axes, include, exclude }: SweepMatrix): Combination[] {
  const matchers = exclude.map(matcherOf);
  const kept = combinations(axes).filter((combination) => !matchers.some((matches) => matches(combination)));
  const added: Combination[] = [];
  let grown = kept;
  for (const entry of include) {
    // Only what the matrix itself says must stay.
    const own = new Map([...entry].filter(([axis]) => axes.has(axis)));
    const fits = matcherOf(own);
    const isFitting = kept.map((original) => fits(original));
    grown = grown.map((combination, index) =>
      isFitting[index] === true ? new Map([...combination, ...entry]) : combination,
    );
    if (!isFitting.includes(true)) {
      added.push(entry);
    }
  }
  return [...grown, ...added];
}

function combinations(axes: SweepMatrix['axes']): Combination[] {
  let found: [string, Located][][] = axes.size === 0 ? [] : [[]];
  for (const [axis, values] of axes) {
    found = found.flatMap((before) => values.map((value): [string, Located][] => [...before, [axis, value]]));
  }
  return found.map((pairs) => new Map(pairs));
}

/** Tells whether a combination has all those values. */
function matcherOf(wanted: Combination): (combination: Combination) => boolean {
  const pairs = [...wanted].map(([axis, value]) => [axis, spelled(value)] as const);
  return (combination) =>
    pairs.every(([axis, text]) => {
      const value = combination.get(axis);
      return value !== undefined && spelled(value) === text;
    });
}

const spellings = new WeakMap<Located, string>();

function spelled(value: Located): string {
  const known = spellings.get(value) ?? canonicalJson(plain(value) as Json);
  spellings.set(value, known);
  return known;
}

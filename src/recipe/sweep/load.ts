import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { RecipeFailure, RecipeProblem } from '../../core/failures/recipe.js';
import { failed, success, type Result } from '../../core/result.js';
import { attempt, type FileFailure } from '../../system/files.js';
import { checkAgainst, problemAt } from '../check.js';
import { parseRecipeText } from '../document.js';
import { isMapping, valueAt, type Located, type LocatedMapping } from '../located.js';
import { combine, countCombinations, MOST_CELLS, type Combination, type SweepMatrix } from './combine.js';
import { sweepSchema, type SweepSettings } from '../schema/sweep.js';

/** Keys of a sweep's file that say how it is gone about. */
type SweepWays = 'executor' | 'hosts' | 'slurm' | 'ssh' | 'retries' | 'together' | 'description';

/** A sweep's file, checked, with the combinations that it comes to. */
export interface Sweep extends Pick<SweepSettings, SweepWays> {
  readonly name: string;
  readonly file: string;
  /** The recipe, `set` and `with` that all cells have, as axes. */
  readonly common: Combination;
  /** At least one. */
  readonly cells: readonly Combination[];
}

/**
 * Reads a sweep's file and works its matrix out. Fails with `recipe-syntax` or `recipe-invalid` (every problem at once),
 * or what the file system refuses.
 * @param file absolute
 */
export function loadSweep(file: string): Result<Sweep, RecipeFailure | FileFailure> {
  const text = attempt(file, () => readFileSync(file, 'utf8'));
  if (!text.ok) {
    return text;
  }
  const parsed = parseRecipeText(text.value, { file, folder: dirname(file), trusted: false });
  if (!parsed.ok) {
    const isSyntax = parsed.failure.reason === 'recipe-syntax';
    return isSyntax ? parsed : invalid(parsed.failure.problems.map((problem) => ({ ...problem, expected: TOP_LEVEL })));
  }
  const checked = checkAgainst(sweepSchema, parsed.value);
  if (!checked.ok) {
    return invalid(checked.failure);
  }
  const matrix = matrixOf(parsed.value);
  const problems = [
    ...setProblems(parsed.value),
    ...matrixProblems(parsed.value, matrix),
    ...executorProblems(parsed.value, checked.value),
  ];
  if (problems.length > 0) {
    return invalid(problems);
  }
  const { executor, hosts, slurm, ssh, retries, together, description, name = nameOf(file) } = checked.value;
  const ways = { executor, hosts, slurm, ...(ssh && { ssh }), retries, together, description };
  const found = combine(matrix);
  // Without a matrix, and of one of which all is excluded, nothing is left.
  return found.length === 0
    ? invalid([nothingLeft(parsed.value, matrix)])
    : success({ ...ways, name, file, common: commonOf(parsed.value), cells: found });
}

const TOP_LEVEL = 'keys with values, such as "recipe: stock" and "matrix: { machine.memory: [128, 256] }"';

function invalid(problems: readonly RecipeProblem[]): Result<never, RecipeFailure> {
  return failed({ reason: 'recipe-invalid', problems, in: 'sweep' });
}

/** There it would take the place of the sweep's own without a word. */
function setProblems(node: LocatedMapping): RecipeProblem[] {
  return valueAt(node, ['set', 'recipe']) === undefined
    ? []
    : [
        problemAt(node, ['set', 'recipe'], {
          found: 'key "recipe"',
          expected: 'keys of the recipe: "recipe" stands beside "set"',
        }),
      ];
}

function nameOf(file: string): string {
  const name = basename(file)
    .replace(/\.ya?ml$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return name === '' ? 'sweep' : name;
}

function matrixOf(node: Located): SweepMatrix {
  const matrix = valueAt(node, ['matrix']);
  const axes = isMapping(matrix) ? [...matrix.content].map(([axis, values]) => [axis, listOf(values)] as const) : [];
  return { axes: new Map(axes), include: combinationsAt(node, 'include'), exclude: combinationsAt(node, 'exclude') };
}

function combinationsAt(node: Located, key: string): Combination[] {
  return listOf(valueAt(node, [key])).flatMap((entry) => (isMapping(entry) ? [entry.content] : []));
}

function listOf(node: Located | undefined): readonly Located[] {
  return Array.isArray(node?.content) ? (node.content as readonly Located[]) : [];
}

function commonOf(node: Located): Combination {
  const [set, trees] = [valueAt(node, ['set']), valueAt(node, ['with'])];
  const recipe: Located = valueAt(node, ['recipe']) ?? { origin: node.origin, content: 'stock' };
  return new Map([
    ['recipe', recipe],
    ...(isMapping(set) ? set.content : []),
    ...(isMapping(trees) ? [...trees.content].map(([key, value]) => [`with.${key}`, value] as const) : []),
  ]);
}

function matrixProblems(node: LocatedMapping, matrix: SweepMatrix): RecipeProblem[] {
  const count = countCombinations(matrix);
  const sizes = [...matrix.axes.values()].map(({ length }) => length).join(' x ');
  const tooMany =
    count > MOST_CELLS
      ? [problemAt(node, ['matrix'], { found: `${sizes} = ${count} cells`, expected: `at most ${MOST_CELLS}` })]
      : [];
  const strangers = matrix.exclude.flatMap((entry, index) =>
    [...entry.keys()].flatMap((axis) =>
      matrix.axes.has(axis)
        ? []
        : [
            problemAt(node, ['exclude', index, axis], {
              found: `key ${JSON.stringify(axis)}`,
              expected: `a key of "matrix": ${[...matrix.axes.keys()].join(', ') || 'it has none'}`,
            }),
          ],
    ),
  );
  return [...tooMany, ...strangers];
}

function executorProblems(node: LocatedMapping, { executor, ssh }: SweepSettings): RecipeProblem[] {
  return executor === 'ssh' && ssh === undefined
    ? [problemAt(node, ['ssh'], { found: 'nothing', expected: 'the hosts: "ssh: { hosts: [node1, user@node2] }"' })]
    : [];
}

function nothingLeft(node: LocatedMapping, { axes }: SweepMatrix): RecipeProblem {
  return axes.size > 0
    ? problemAt(node, ['exclude'], { found: 'every combination', expected: 'entries that leave a cell' })
    : problemAt(node, ['matrix'], {
        found: 'nothing',
        expected: 'keys with lists of values, such as "machine.memory: [128, 256]"',
      });
}

import type { Recipe } from './schema.js';

type Matrix = NonNullable<Recipe['matrix']>;

/** What a cell of a matrix sets of the machine: `type`, `memory` (MiB), `cpus` and `append`, as far as it has them. */
export type CellValues = { readonly [Axis in keyof Matrix]: NonNullable<Matrix[Axis]>[number] };

/** One machine of a recipe's matrix. */
export interface Cell {
  /**
   * Unique in the recipe: `memory=128 cpus=2`. Of a long command line it has what not all of them share,
   * `append="... nokaslr"`, or, where that is long too, its number, `append#2`. Empty where the recipe has no matrix.
   */
  readonly name: string;
  readonly values: CellValues;
  /** The recipe with that machine, and without a matrix. */
  readonly recipe: Recipe;
}

/** The keys of `machine` that a matrix can vary, in the order in which they make up a cell's name. */
export const AXES = ['type', 'memory', 'cpus', 'append'] as const;

/**
 * The machines that a recipe measures: every combination of its matrix, the first values first, so that the first cell
 * is the base; or its one machine.
 */
export function cellsOf(recipe: Recipe): Cell[] {
  const { matrix = {}, ...rest } = recipe;
  const lines = shortLines(matrix.append ?? []);
  return combinations(matrix).map((values) => ({
    name: AXES.flatMap((axis) => namePart(axis, values, lines)).join(' '),
    values,
    recipe: { ...rest, machine: { ...recipe.machine, ...values } },
  }));
}

/** Whether a recipe has a matrix that says something; an empty one is none. */
export function hasMatrix({ matrix = {} }: Pick<Recipe, 'matrix'>): boolean {
  return AXES.some((axis) => matrix[axis] !== undefined);
}

function combinations(matrix: Matrix): CellValues[] {
  let found: CellValues[] = [{}];
  for (const axis of AXES) {
    const values = matrix[axis];
    if (values !== undefined) {
      found = found.flatMap((before) => values.map((value): CellValues => ({ ...before, [axis]: value })));
    }
  }
  return found;
}

function namePart(axis: (typeof AXES)[number], values: CellValues, lines: ReadonlyMap<string, string>): string[] {
  if (axis === 'append') {
    return values.append === undefined ? [] : [`append${lines.get(values.append) ?? ''}`];
  }
  const value = values[axis];
  return value === undefined ? [] : [`${axis}=${value}`];
}

/** Letters of a command line that a name has room for. */
const SHORT = 24;

/** Command line -> how a name tells it from the others: as it is, by the words that not all have, or by its number. */
function shortLines(lines: readonly string[]): ReadonlyMap<string, string> {
  const common = lines
    .map((line) => words(line))
    .reduce((all, own) => all.filter((word) => own.includes(word)), words(lines[0] ?? ''));
  const forms = [lines, lines.map((line) => without(line, common))];
  const fit = forms.find((form) => new Set(form).size === lines.length && form.every((text) => text.length <= SHORT));
  return new Map(
    lines.map((line, index) => [line, fit === undefined ? `#${index + 1}` : `=${JSON.stringify(fit[index] ?? line)}`]),
  );
}

/** A command line with `...` in the place of words that all of them have. */
function without(line: string, common: readonly string[]): string {
  const shown = words(line).map((word) => (common.includes(word) ? '...' : word));
  return shown.filter((word, index) => word !== '...' || shown[index - 1] !== '...').join(' ');
}

function words(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== '');
}

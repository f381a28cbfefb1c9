import { AXES } from './cells.js';
import { shown } from './check.js';
import type { Fault } from './fault.js';
import { valueAt, type Located } from './located.js';
import type { Recipe } from './schema.js';

/** What does not fit together in a recipe's matrix. */
export function matrixFaults(recipe: Recipe, node: Located): readonly Fault[] {
  return [...repeated(recipe), ...tooMany(recipe), ...overruled(recipe, node)];
}

/** A value that is there twice would be two cells of one name. */
function repeated({ matrix = {} }: Recipe): readonly Fault[] {
  return AXES.flatMap((axis) => {
    const values: readonly (string | number)[] = matrix[axis] ?? [];
    return values.flatMap((value, index) =>
      values.indexOf(value) < index
        ? [{ path: ['matrix', axis, index], found: `${JSON.stringify(value)} again`, expected: 'each value once' }]
        : [],
    );
  });
}

/** With 20 boots of a second and a half these are half an hour; more are a series of measurements, not one. */
const MOST_CELLS = 64;

function tooMany({ matrix = {} }: Recipe): readonly Fault[] {
  const counts = AXES.flatMap((axis) => matrix[axis]?.length ?? []);
  const cells = counts.reduce((product, count) => product * count, 1);
  const sum = counts.length > 1 ? `${counts.join(' x ')} = ${cells}` : String(cells);
  const expected = `at most ${MOST_CELLS}: every block of boots has each of them, so leave values out, or measure axis by axis`;
  return cells > MOST_CELLS ? [{ path: ['matrix'], found: `${sum} machines`, expected }] : [];
}

/** A machine that is set on the command line and that no boot has is not what was meant. */
function overruled({ matrix = {} }: Recipe, node: Located): readonly Fault[] {
  return AXES.flatMap((axis) => {
    const value = valueAt(node, ['machine', axis]);
    const expected = `no such setting, because "matrix" says which there are: with --set matrix.${axis}=null it has an effect`;
    return matrix[axis] !== undefined && value?.origin.file === '--set'
      ? [{ path: ['machine', axis], found: shown(value), expected }]
      : [];
  });
}

import { AXES } from './cells.js';
import type { Fault } from './fault.js';
import type { Recipe } from './schema.js';

/** What cannot be in how a recipe is measured: times and widths of nothing, and a point that would never be booted to. */
export function measureFaults(recipe: Recipe): readonly Fault[] {
  const { measure } = recipe;
  return [
    ...zeroFaults('timeout', measure.timeout, 'a time that a boot can take, such as "30s"'),
    ...zeroFaults('for', measure.for, 'a time to boot for, such as "60s"'),
    ...zeroFaults('until', measure.until, 'a width that an interval can have, such as "1%"'),
    ...manyFaults('boots', recipe),
    ...manyFaults('max-boots', recipe),
    ...shareFaults(recipe),
  ];
}

/** The plan of a measurement is made before its first boot, in memory: so many of each point, of all machines together. */
const MOST_BOOTS = 1_000_000;

function manyFaults(key: 'boots' | 'max-boots', { measure, matrix = {} }: Recipe): Fault[] {
  const boots = measure[key];
  const machines = AXES.reduce((product, axis) => product * (matrix[axis]?.length ?? 1), 1);
  const most = Math.floor(MOST_BOOTS / machines);
  const why = machines === 1 ? '' : `: each of ${machines} machines gets as many`;
  return boots > most
    ? [{ path: ['measure', key], found: String(boots), expected: `a number of boots up to ${most}${why}` }]
    : [];
}

function zeroFaults(key: 'timeout' | 'for' | 'until', text: string | undefined, expected: string): Fault[] {
  return text !== undefined && Number.parseFloat(text) === 0
    ? [{ path: ['measure', key], found: JSON.stringify(text), expected }]
    : [];
}

/** With a rule that ends the measurement, a point with fewer boots gets its share of those that are made. */
function shareFaults({ points, measure }: Recipe): Fault[] {
  if (measure.for === undefined && measure.until === undefined) {
    return [];
  }
  const most = measure['max-boots'];
  return points.flatMap(({ name, boots }) => {
    if (boots === undefined || most * boots >= measure.boots) {
      return [];
    }
    const needed = Math.ceil(measure.boots / boots);
    const expected = `at least ${needed}: "${name}" is booted to once in ${needed} boots (${boots} of ${measure.boots})`;
    return [{ path: ['measure', 'max-boots'], found: String(most), expected }];
  });
}

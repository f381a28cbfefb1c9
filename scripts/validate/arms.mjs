// Sides of a comparison, of boots that end at one point.

import { compareArms } from '../../dist/measure/comparison/compare.js';

/** The point that all of them have. */
export const POINT = 'end';

/** A side with these samples. */
export function armWith(samples) {
  return { method: 'exit', points: [{ name: POINT }], phases: [], samples };
}

/** A side whose boots took so long, in nanoseconds. */
export function armOf(durations) {
  return armWith(durations.map((ns) => ({ method: 'exit', point: POINT, outcome: 'reached', elapsedNs: String(ns) })));
}

/** Both sides as one. */
export function together({ a, b }) {
  return armWith([...a.samples, ...b.samples]);
}

/** As `bootlap compare` has them where nothing is said. */
export function options(seed) {
  return { threshold: { value: 1, unit: '%' }, seed };
}

/** What `bootlap compare` says of the whole boot. */
export function verdictOf(a, b, seed) {
  return compareArms(a, b, options(seed)).rows.at(-1)?.verdict;
}

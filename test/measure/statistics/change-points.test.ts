import { describe, expect, test } from 'vitest';
import { changePoints, fewestRuns } from '../../../src/measure/statistics/change-points.js';
import { drawer, drawn } from '../../rig/drawn.js';

const SECOND = 1e9;

/** Draws the figure of one run: nanoseconds around a second, 1 % of noise. */
type Noise = (draw: ReturnType<typeof drawer>) => number;

const normal: Noise = (draw) => SECOND * (1 + 0.01 * draw.normal());
const wild: Noise = (draw) => SECOND * (1 + 0.01 * draw.normal() + (draw.uniform() < 0.1 ? 0.4 : 0));

const NOISES: readonly (readonly [string, Noise])[] = [
  ['normal noise', normal],
  ['one wild run in ten', wild],
  ['heavy tails', (draw) => SECOND * (1 + (0.01 * draw.normal()) / Math.max(0.05, Math.abs(draw.normal())))],
  ['noise on one side', (draw) => SECOND * (1 - 0.01 * Math.log(1 - draw.uniform()))],
];

/** Phases of so many runs without a change, the last of them the sum of the others. */
function phasesOf(runs: number, noise: Noise, seed: number): number[][] {
  const draw = drawer(seed);
  const parts = Array.from({ length: 4 }, () => drawn(runs, () => noise(draw)));
  const total = Array.from({ length: runs }, (_, run) => parts.reduce((sum, part) => sum + (part[run] ?? 0), 0));
  return [...parts, total];
}

/** All values from a place on are longer by a share. */
function slowerFrom(place: number, share: number, series: readonly number[]): number[] {
  return series.map((value, run) => (run < place ? value : value * (1 + share)));
}

describe('a history without a change', () => {
  const HISTORIES = 200;
  /** 5 % and three standard errors of a count of so many. */
  const MOST = HISTORIES * 0.05 + 3 * Math.sqrt(HISTORIES * 0.05 * 0.95);

  test.each(NOISES)('is said to have one in no more than 5 of 100 cases: %s', (_, noise) => {
    const alarms = (runs: number): number =>
      drawn(HISTORIES, () => 0).filter(
        (_zero, seed) => changePoints(phasesOf(runs, noise, seed + 1), { seed }).length > 0,
      ).length;
    expect(Math.max(alarms(10), alarms(20))).toBeLessThanOrEqual(MOST);
  });

  test('never has one where all figures are equal, or where there are hardly any', () => {
    expect(changePoints([drawn(30, () => SECOND)], { seed: 1 })).toEqual([]);
    expect(changePoints([[1, 2, 3, 4, 5]], { seed: 1 })).toEqual([]);
    expect(changePoints([[]], { seed: 1 })).toEqual([]);
    expect(changePoints([], { seed: 1 })).toEqual([]);
  });
});

/** Within one run of where it is. */
function isAbout(at: number | undefined, truth: number): boolean {
  return at !== undefined && Math.abs(at - truth) <= 1;
}

describe('a change', () => {
  const HISTORIES = 100;

  test('of 5 % of one phase in 8 and 8 runs is found where it is, with the phase', () => {
    const found = drawn(HISTORIES, () => 0).map((_, seed) => {
      const [first = [], ...rest] = phasesOf(16, normal, seed + 1);
      return changePoints([slowerFrom(8, 0.05, first), ...rest], { seed });
    });
    const right = found.filter(([change]) => isAbout(change?.at, 8) && change?.moved.includes(0));
    expect(right.length).toBeGreaterThanOrEqual(97);
    expect(found.filter((changes) => changes.length > 1).length).toBeLessThanOrEqual(10);
  });

  test('is mostly found although one run in ten is wild', () => {
    const found = drawn(HISTORIES, () => 0).map((_, seed) => {
      const draw = drawer(seed + 1);
      return changePoints(
        [
          slowerFrom(
            15,
            0.05,
            drawn(30, () => wild(draw)),
          ),
        ],
        { seed },
      );
    });
    expect(found.filter((changes) => changes.some(({ at }) => isAbout(at, 15))).length).toBeGreaterThanOrEqual(75);
  });

  test('is found by its first few runs after a long time without one', () => {
    const found = drawn(HISTORIES, () => 0).map((_, seed) => {
      const draw = drawer(seed + 1);
      return changePoints(
        [
          slowerFrom(
            40,
            0.05,
            drawn(44, () => normal(draw)),
          ),
        ],
        { seed },
      );
    });
    expect(found.filter((changes) => changes.some(({ at }) => isAbout(at, 40))).length).toBeGreaterThanOrEqual(75);
  });

  test('of two phases at different times is told as two, each with its phase', () => {
    const [one = [], two = []] = phasesOf(40, normal, 4);
    const found = changePoints([slowerFrom(12, 0.05, one), slowerFrom(27, -0.05, two)], { seed: 1 });
    expect(found).toEqual([
      { at: 12, moved: [0] },
      { at: 27, moved: [1] },
    ]);
  });

  test('that was taken back again is found at both ends', () => {
    const draw = drawer(5);
    const series = drawn(30, () => normal(draw));
    const there = slowerFrom(11, 0.05, series);
    const andBack = there.map((value, run) => (run < 19 ? value : (series[run] ?? 0)));
    expect(changePoints([andBack], { seed: 1 }).map(({ at }) => at)).toEqual([11, 19]);
  });

  test('is the same one every time it is looked for', () => {
    const series = phasesOf(60, wild, 9).map((values) => slowerFrom(31, 0.04, values));
    expect(changePoints(series, { seed: 4 })).toEqual(changePoints(series, { seed: 4 }));
  });
});

describe('the least number of runs', () => {
  test.each([
    [1, 8],
    [5, 10],
    [12, 12],
  ])('for %i series is %i: with as many a perfect change is found, with two fewer it is not', (count, runs) => {
    expect(fewestRuns(count)).toBe(runs);
    const perfect = (length: number): number[] =>
      drawn(length, () => 0).map((_, run) => run + (run < length / 2 ? 0 : 1e6));
    const flat = (length: number): number[][] => drawn(count - 1, () => 0).map(() => drawn(length, () => 0));
    expect(changePoints([perfect(runs), ...flat(runs)], { seed: 1 })).toEqual([{ at: runs / 2, moved: [0] }]);
    expect(changePoints([perfect(4)], { seed: 1 })).toEqual([]);
  });
});

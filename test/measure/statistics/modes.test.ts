import { describe, expect, test } from 'vitest';
import { twoModes } from '../../../src/measure/statistics/modes.js';
import { drawer, drawn } from '../../rig/drawn.js';

const { normal, uniform } = drawer(9);

function mixture(shareOfFirst: number, distance: number): () => number {
  return () => 1e8 + 1e6 * (normal() + (uniform() < shareOfFirst ? 0 : distance));
}

const ONE_MODE = {
  'a normal one': () => 1e8 + 1e6 * normal(),
  'a log-normal one': () => 1e8 * Math.exp(0.3 * normal()),
  'an exponential one': () => 1e8 - 1e6 * Math.log(1 - uniform()),
  'an even one': () => 1e8 + 1e6 * uniform(),
};

function found(n: number, draw: () => number, trials: number): number {
  return Array.from({ length: trials }, () => twoModes(drawn(n, draw))).filter((modes) => modes !== undefined).length;
}

describe.each(Object.entries(ONE_MODE))('%s is not taken for two', (_, draw) => {
  test.each([20, 50, 200])('of %d boots', (n) => {
    expect(found(n, draw, 600)).toBeLessThanOrEqual(12);
  });
});

test('two modes five deviations apart are found in 100 boots, and four apart in 200', () => {
  expect(found(100, mixture(0.5, 5), 100)).toBeGreaterThan(90);
  expect(found(100, mixture(0.8, 8), 100)).toBeGreaterThan(90);
  expect(found(200, mixture(0.5, 4), 100)).toBeGreaterThan(80);
});

test('it says where the two are, and how much of the boots each has', () => {
  const modes = twoModes([...drawn(80, mixture(1, 0)), ...drawn(20, mixture(0, 10))]) ?? expect.fail();
  expect(modes.low.share).toBeCloseTo(0.8, 6);
  expect(modes.high.share).toBeCloseTo(0.2, 6);
  expect(modes.low.median).toBeGreaterThan(0.99e8);
  expect(modes.high.median).toBeGreaterThan(1.09e8);
  expect(modes.separation).toBeGreaterThan(6);
});

test('a few outliers are no second mode, nor is a handful of boots', () => {
  expect(twoModes([...drawn(46, mixture(1, 0)), ...drawn(4, mixture(0, 30))])).toBeUndefined();
  expect(twoModes([1, 1, 1, 9, 9, 9])).toBeUndefined();
  expect(twoModes([])).toBeUndefined();
  expect(twoModes(Array<number>(30).fill(5))).toBeUndefined();
});

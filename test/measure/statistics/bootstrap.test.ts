import { describe, expect, test } from 'vitest';
import { medianInterval, medianSumInterval } from '../../../src/measure/statistics/bootstrap.js';
import { drawer, drawn } from '../../rig/drawn.js';

const { normal } = drawer(4);
const boot = (): number => Math.round(1e8 * Math.exp(0.3 * normal()));

function share(trials: number, holds: (trial: number) => boolean): number {
  return Array.from({ length: trials }, (_, trial) => holds(trial)).filter(Boolean).length / trials;
}

// 1,000 trials: the share's standard error is 0.7 %, so 93 to 97 % would fail by chance once in 200 times at worst;
// the seed is fixed. `npm run validate` does it with 4,000.
describe('the 95 % interval holds the truth in about 95 % of measurements', () => {
  test.each([10, 15, 21, 60])('of a median, %d boots', (n) => {
    const covered = share(1000, (seed) => {
      const { low, high } = medianInterval(drawn(n, boot), { seed, resamples: 400 }) ?? expect.fail();
      return low <= 1e8 && 1e8 <= high;
    });
    expect(covered).toBeGreaterThan(0.93);
    expect(covered).toBeLessThan(0.97);
  });

  test.each([10, 20, 60])('of a phase, %d boots a point', (n) => {
    const covered = share(1000, (seed) => {
      const terms = { added: [drawn(n, boot)], taken: [drawn(n, boot)] };
      const { low, high } = medianSumInterval(terms, { seed, resamples: 400 }) ?? expect.fail();
      return low <= 0 && 0 <= high;
    });
    expect(covered).toBeGreaterThan(0.93);
    expect(covered).toBeLessThan(0.975);
  });
});

test('the same seed gives the same interval, and the order of the boots does not matter', () => {
  const series = drawn(21, boot);
  const first = medianInterval(series, { seed: 7 });
  expect(medianInterval([...series].reverse(), { seed: 7 })).toEqual(first);
  expect(medianInterval(series, { seed: 8 })).not.toEqual(first);
});

test('a higher confidence is a wider interval, within the series', () => {
  const series = drawn(30, boot);
  const narrow = medianInterval(series, { seed: 1, confidence: 0.5 }) ?? expect.fail();
  const wide = medianInterval(series, { seed: 1, confidence: 0.99 }) ?? expect.fail();
  expect(wide.low).toBeLessThan(narrow.low);
  expect(wide.high).toBeGreaterThan(narrow.high);
  expect(Math.min(...series)).toBeLessThanOrEqual(wide.low);
});

test('no boot has no interval, one boot has its own duration, and equal ones have no width', () => {
  expect(medianInterval([], { seed: 1 })).toBeUndefined();
  expect(medianInterval([42], { seed: 1 })).toEqual({ low: 42, high: 42 });
  expect(medianSumInterval({ added: [[9, 9, 9]], taken: [[4, 4]] }, { seed: 1 })).toEqual({ low: 5, high: 5 });
  expect(medianSumInterval({ added: [[9]], taken: [[]] }, { seed: 1 })).toBeUndefined();
});

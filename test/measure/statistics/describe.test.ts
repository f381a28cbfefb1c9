import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, quantile, statistics } from '../../../src/measure/statistics/describe.js';

const durations = fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 60 });

describe('quantiles are those of R and NumPy (type 7)', () => {
  // numpy.quantile([1, 2, 3, 4], ...) and numpy.quantile([10, 20, 40, 80, 160], ...)
  test.each([
    [[1, 2, 3, 4], 0.25, 1.75],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4], 0.95, 3.85],
    [[10, 20, 40, 80, 160], 0.9, 128],
    [[10, 20, 40, 80, 160], 0.05, 12],
    [[7], 0.99, 7],
  ])('%j at %d is %d', (series, share, expected) => {
    expect(quantile(series, share)).toBeCloseTo(expected, 9);
  });
});

test('the figures of a small series by hand', () => {
  expect(statistics([4, 2, 8, 6])).toMatchObject({ n: 4, min: 2, median: 5, max: 8, mean: 5, sd: 3, mad: 2 });
});

test('a single boot has figures, and no spread', () => {
  expect(statistics([42])).toMatchObject({ n: 1, min: 42, median: 42, p99: 42, mean: 42, sd: 0, mad: 0 });
});

test('no boot has no figures', () => {
  expect(statistics([])).toBeUndefined();
  expect(median([])).toBeNaN();
});

describe('for every series', () => {
  test('the figures are in order and within the series', () => {
    fc.assert(
      fc.property(durations, (series) => {
        const figures = statistics(series);
        const { min, p5, p25, median: middle, p75, p90, p95, p99, max } = figures ?? expect.fail();
        const row = [min, p5, p25, middle, p75, p90, p95, p99, max];
        expect(row).toEqual([...row].sort((a, b) => a - b));
        expect(min).toBe(Math.min(...series));
        expect(max).toBe(Math.max(...series));
      }),
    );
  });

  test('the order of the boots does not matter', () => {
    fc.assert(
      fc.property(durations, (series) => {
        expect(statistics([...series].reverse())).toEqual(statistics(series));
      }),
    );
  });

  test('a slower clock by a constant moves the median and leaves the spread', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 0, max: 1e9 }), (series, shift) => {
        const before = statistics(series) ?? expect.fail();
        const after = statistics(series.map((value) => value + shift)) ?? expect.fail();
        expect(Math.abs(after.median - before.median - shift)).toBeLessThanOrEqual(1);
        expect(Math.abs(after.mad - before.mad)).toBeLessThanOrEqual(1);
        expect(Math.abs(after.sd - before.sd)).toBeLessThanOrEqual(Math.max(1, before.sd * 1e-6));
      }),
    );
  });
});

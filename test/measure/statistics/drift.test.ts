import { expect, test } from 'vitest';
import { drift } from '../../../src/measure/statistics/drift.js';
import { outliers } from '../../../src/measure/statistics/outliers.js';

test('the correlation of values and order is that of SciPy, with ties', () => {
  // scipy.stats.spearmanr(range(10), [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]).statistic
  expect(drift([3, 1, 4, 1, 5, 9, 2, 6, 5, 3])?.correlation).toBeCloseTo(0.3914537831560393, 12);
  expect(drift([1, 2, 3, 5, 4, 6, 8, 7])?.correlation).toBeCloseTo(0.9523809523809524, 12);
});

test('boots that grow slower are told, with by how much; fewer than 8 tell nothing', () => {
  const rising = Array.from({ length: 30 }, (_, index) => 1000 + 10 * index);
  expect(drift(rising)).toMatchObject({ change: 200 });
  expect(drift(rising)?.p).toBeLessThan(1e-6);
  expect(drift([1, 2, 3, 4, 5, 6, 7])).toBeUndefined();
  expect(drift([5, 5, 5, 5, 5, 5, 5, 5])).toMatchObject({ correlation: 0, p: 1, change: 0 });
});

test('a boot far from the rest is an outlier, on either side; even ones are none', () => {
  // Modified z-scores by hand: the median is 50.5, the median absolute deviation 0.5.
  expect(outliers([50, 51, 50, 51, 50, 51, 80, 10])).toEqual([...Array<boolean>(6).fill(false), true, true]);
  expect(outliers([5, 5, 5, 5, 9])).toEqual([false, false, false, false, false]);
  expect(outliers([])).toEqual([]);
});

import { expect, test } from 'vitest';
import { normalCdf, normalQuantile } from '../../../src/measure/statistics/normal.js';

// scipy.stats.norm.cdf(z), SciPy 1.17.1
test.each([
  [-8, 6.22096057427174e-16],
  [-3, 0.0013498980316300933],
  [-1.96, 0.024997895148220435],
  [-0.5, 0.3085375387259869],
  [0, 0.5],
  [0.3, 0.6179114221889526],
  [2.5, 0.9937903346742238],
  [7.5, 0.9999999999999681],
])('a standard normal number is at most %d with the probability that SciPy gives', (z, expected) => {
  expect(Math.abs(normalCdf(z) / expected - 1)).toBeLessThan(1e-8);
});

// scipy.stats.norm.ppf(p)
test.each([
  [1e-20, -9.262340089798409],
  [1e-5, -4.264890793922825],
  [0.025, -1.9599639845400545],
  [0.5, 0],
  [0.7, 0.5244005127080407],
  [0.999, 3.090232306167813],
])('the quantile of %d is that of SciPy', (p, expected) => {
  expect(normalQuantile(p)).toBeCloseTo(expected, 9);
});

test('the quantile is the other way round of the probability', () => {
  for (let p = 0.001; p < 1; p += 0.0217) {
    expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 10);
  }
});

import { expect, test } from 'vitest';
import { age, duration, parseSize, size, wholeDuration } from '../../src/ui/quantities.js';

test.each([
  [0.004, '0s'],
  [0.006, '0.01s'],
  [0.094, '0.09s'],
  [0.1, '0.1s'],
  [9.94, '9.9s'],
  [9.96, '10s'],
  [59.4, '59s'],
  [59.6, '1m00s'],
  [130, '2m10s'],
  [3599.7, '1h00m'],
  [3900, '1h05m'],
])('%d seconds read as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('a running clock shows no fraction', () => {
  expect([0.9, 9.99, 59.99, 130.9].map(wholeDuration)).toEqual(['0s', '9s', '59s', '2m10s']);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1500, '1.5 kB'],
  [130_000_000, '130 MB'],
  [999_999, '1.0 MB'],
  [5_000_000_000, '5.0 GB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

test.each([
  ['500M', 500e6],
  ['5G', 5e9],
  ['2GiB', 2 * 1024 ** 3],
  ['1.5k', 1500],
  ['100', 100],
  ['12 MB', 12e6],
])('%s is understood as a size', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', 'G', '-5G', '5X', 'five', '5 G B'])('"%s" is refused as a size', (text) => {
  expect(parseSize(text)).toBeUndefined();
});

test.each([
  [30, 'just now'],
  [60, '1 minute ago'],
  [7199, '1 hour ago'],
  [86_400 * 3, '3 days ago'],
  [-5, 'in the future (was the clock set back?)'],
])('figures of %d seconds ago are called so', (seconds, text) => {
  expect(age(1_000_000_000, 1_000_000_000 + seconds * 1000)).toBe(text);
});

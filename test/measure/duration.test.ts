import { expect, test } from 'vitest';
import { milliseconds, readableDuration } from '../../src/measure/duration.js';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['0s', 1],
  ['99999m', 2_000_000_000],
])('%s is %d ms', (text, expected) => expect(milliseconds(text)).toBe(expected));

test.each([
  [1_234_567_890, '1.235 s'],
  [48_123_456, '48.1 ms'],
  [149_960_000, '150 ms'],
  [-12_345, '-12.3 us'],
  [999, '1.0 us'],
  [0, '0 ms'],
])('%d ns reads %s', (nanoseconds, expected) => expect(readableDuration(nanoseconds)).toBe(expected));

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSame, type Quantity } from '../../../src/measure/comparison/quantity.js';
import { shiftBetween } from '../../../src/measure/comparison/shift.js';
import { judgeShift } from '../../../src/measure/comparison/verdict.js';

/** Durations as boots have them: whole nanoseconds, some of them equal. */
const durations = fc.array(fc.integer({ min: 1_000, max: 2_000_000 }), { minLength: 1, maxLength: 60 });
const boots = (series: readonly number[]): Quantity => ({ of: 'boots', series });

describe('whichever of two measurements is named first', () => {
  test('the shift, its interval and p are the same ones, seen from the other side', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        const one = shiftBetween(boots(a), boots(b), { seed: 1 });
        const other = shiftBetween(boots(b), boots(a), { seed: 1 });
        expect(other?.shift).toBeCloseTo(-(one?.shift ?? Number.NaN), 6);
        expect(other?.interval.low).toBeCloseTo(-(one?.interval.high ?? Number.NaN), 6);
        expect(other?.interval.high).toBeCloseTo(-(one?.interval.low ?? Number.NaN), 6);
        expect(other?.p).toBeCloseTo(one?.p ?? Number.NaN, 9);
        expect(other?.enough).toBe(one?.enough);
      }),
    );
  });

  test('slower becomes faster, and what is not settled stays so', () => {
    const mirrored = {
      slower: 'faster',
      faster: 'slower',
      'no difference': 'no difference',
      inconclusive: 'inconclusive',
    };
    const number = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(number, number, number), fc.double({ min: 0, max: 50, noNaN: true }), (numbers, bound) => {
        const [low = 0, shift = 0, high = 0] = [...numbers].sort((one, two) => one - two);
        const verdict = judgeShift({ shift, interval: { low, high }, bound });
        const other = judgeShift({ shift: -shift, interval: { low: -high, high: -low }, bound });
        expect(other).toBe(mirrored[verdict]);
      }),
    );
  });
});

test('boots that are compared with themselves do not differ: the shift is 0 and p is 1', () => {
  fc.assert(
    fc.property(durations, (series) => {
      expect(isSame(boots(series), boots([...series]))).toBe(true);
      const found = shiftBetween(boots(series), boots(series), { seed: 1 });
      expect(found).toMatchObject({ p: 1 });
      expect(found?.shift).toBeCloseTo(0, 9);
    }),
  );
});

test('the shift lies in its interval, and a constant that is added to B comes out as it is', () => {
  fc.assert(
    fc.property(durations, fc.integer({ min: -1_000_000, max: 1_000_000 }), (series, constant) => {
      const found = shiftBetween(boots(series), boots(series.map((value) => value + constant)), { seed: 1 });
      expect(found?.shift).toBe(constant);
      expect(found?.interval.low).toBeLessThanOrEqual(constant);
      expect(found?.interval.high).toBeGreaterThanOrEqual(constant);
    }),
  );
});

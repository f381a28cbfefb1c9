import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hodgesLehmann, mannWhitney } from '../../../src/measure/statistics/rank-sum.js';

// Permeability of human chorioamnion (Hollander and Wolfe 1973, p. 69 f.), the example of R's wilcox.test, times 100:
// R gives W = 35, p = 0.1272 one-sided, and with conf.int = TRUE the shift 0.305 and the interval from -0.15 to 0.76.
const AT_TERM = [80, 83, 189, 104, 145, 138, 191, 164, 73, 146];
const EARLY = [115, 88, 90, 74, 121];

describe('the Mann-Whitney test', () => {
  test("R's own example", () => {
    const { u, p, method } = mannWhitney(EARLY, AT_TERM);
    expect({ u, method }).toEqual({ u: 35, method: 'exact' });
    // scipy.stats.mannwhitneyu(x, y, method='exact').pvalue, and twice R's 0.1272
    expect(p).toBeCloseTo(0.2544122544122544, 12);
  });

  test('small series, exactly', () => {
    // scipy.stats.mannwhitneyu([2, 8, 12, 15, 4], [1, 5, 3, 9], method='exact')
    expect(mannWhitney([1, 5, 3, 9], [2, 8, 12, 15, 4])).toMatchObject({
      u: 14,
      p: expect.closeTo(0.4126984126984127),
    });
  });

  test('50 values on either side, whose arrangements no double holds exactly', () => {
    const earlier = Array.from({ length: 50 }, (_, index) => 2 * index);
    // scipy.stats.mannwhitneyu([v + 21 for v in range(0, 100, 2)], range(0, 100, 2), method='exact')
    const { u, p, method } = mannWhitney(
      earlier,
      earlier.map((value) => value + 21),
    );
    expect({ u, method }).toEqual({ u: 1720, method: 'exact' });
    expect(Math.abs(p / 0.0010550164711136663 - 1)).toBeLessThan(1e-12);
  });

  test('ties', () => {
    // scipy.stats.mannwhitneyu([2, 3, 4, 4, 5, 9], [1, 2, 2, 3, 3, 3, 7], method='asymptotic')
    expect(mannWhitney([1, 2, 2, 3, 3, 3, 7], [2, 3, 4, 4, 5, 9])).toMatchObject({
      u: 31.5,
      p: expect.closeTo(0.14457930452971032, 10),
      method: 'normal',
    });
  });

  test('series of different lengths with ties', () => {
    const one = Array.from({ length: 19 }, (_, index) => 3 * (index + 1));
    const other = Array.from({ length: 129 }, (_, index) => index + 1);
    // scipy.stats.mannwhitneyu(range(3, 60, 3), range(1, 130), method='asymptotic')
    expect(mannWhitney(other, one)).toMatchObject({ u: 560.5, p: expect.closeTo(0.00013944346627566977, 10) });
  });

  test('the same boots twice, and boots that are all alike, are no difference', () => {
    expect(mannWhitney([5, 5, 5], [5, 5, 5, 5]).p).toBe(1);
    expect(mannWhitney([1, 2, 3, 4], [1, 2, 3, 4]).p).toBe(1);
  });

  test('which of the two comes first does not matter to p', () => {
    const few = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(few, few, (a, b) => {
        expect(mannWhitney(a, b).p).toBeCloseTo(mannWhitney(b, a).p, 12);
      }),
    );
  });
});

describe('the Hodges-Lehmann shift', () => {
  test("R's own example", () => {
    expect(hodgesLehmann(EARLY, AT_TERM)).toEqual({ shift: 30.5, low: -15, high: 76 });
  });

  test('it is the median of all differences', () => {
    const values = fc.array(fc.integer({ min: -1e9, max: 1e12 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(values, values, (earlier, later) => {
        const all = later.flatMap((b) => earlier.map((a) => b - a)).sort((a, b) => a - b);
        const middle = ((all[Math.ceil(all.length / 2) - 1] ?? 0) + (all[Math.floor(all.length / 2)] ?? 0)) / 2;
        const { shift, low, high } = hodgesLehmann(earlier, later);
        expect(shift).toBe(middle);
        expect(all).toContain(low);
        expect(all).toContain(high);
      }),
    );
  });

  test('its interval is clear of 0 exactly when the exact test says that there is a difference', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 16, maxLength: 40 });
    fc.assert(
      fc.property(distinct, fc.integer({ min: 7, max: 9 }), (values, cut) => {
        const [earlier, later] = [values.slice(0, cut), values.slice(cut)];
        const { low, high } = hodgesLehmann(earlier, later);
        expect(low > 0 || high < 0).toBe(mannWhitney(earlier, later).p <= 0.05);
      }),
    );
  });

  test('a thousand boots on either side take no time to speak of', () => {
    const series = Array.from({ length: 1000 }, (_, index) => 1e9 + ((index * 7919) % 1000) * 12_345);
    const begun = process.cpuUsage();
    expect(
      hodgesLehmann(
        series,
        series.map((value) => value + 77),
      ).shift,
    ).toBe(77);
    // Processor time, because others have the processors, too: to make and sort a million differences takes more.
    expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(0.5);
  });
});

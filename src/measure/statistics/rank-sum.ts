import type { Interval } from './bootstrap.js';
import { normalCdf, normalQuantile } from './normal.js';

/** Whether two series differ in place (Mann and Whitney, 1947; Wilcoxon, 1945). */
export interface RankSum {
  /** Pairs in which `later` is the greater; a tie counts half. 0 to n * m. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  /** `exact`: from the distribution itself. `normal`: by approximation, corrected for ties and continuity. */
  readonly method: 'exact' | 'normal';
}

/** Above this many pairs, or with ties, the normal approximation is taken: 50 values on either side. */
const EXACT_PAIRS = 2_500;

/** The Mann-Whitney test of two series, in any order. Neither may be empty. */
export function mannWhitney(earlier: readonly number[], later: readonly number[]): RankSum {
  const [n, m] = [earlier.length, later.length];
  const { u, tieTerm } = countU(earlier, later);
  if (tieTerm === 0 && n * m <= EXACT_PAIRS) {
    return { u, p: exactP(u, n, m), method: 'exact' };
  }
  const all = n + m;
  const sigma = Math.sqrt(((n * m) / 12) * (all + 1 - tieTerm / (all * (all - 1))));
  const away = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return { u, p: sigma === 0 ? 1 : Math.min(1, 2 * normalCdf(-away / sigma)), method: 'normal' };
}

/** The least p that {@link mannWhitney} can give without ties: two of all orders of n and m values. */
export function leastP(n: number, m: number): number {
  let orders = 1;
  for (let taken = 1; taken <= n; taken += 1) {
    orders = (orders * (m + taken)) / taken;
  }
  return 2 / orders;
}

/** U by ranks, and the sum of t^3 - t over the groups of t equal values. */
function countU(earlier: readonly number[], later: readonly number[]): { u: number; tieTerm: number } {
  const all = [...earlier.map((value) => ({ value, isLater: 0 })), ...later.map((value) => ({ value, isLater: 1 }))];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let tieTerm = 0;
  for (let begin = 0, end = 0; begin < all.length; begin = end) {
    let laters = 0;
    while (end < all.length && all[end]?.value === all[begin]?.value) {
      laters += all[end]?.isLater ?? 0;
      end += 1;
    }
    const ties = end - begin;
    rankSum += (laters * (begin + 1 + end)) / 2;
    tieTerm += ties ** 3 - ties;
  }
  return { u: rankSum - (later.length * (later.length + 1)) / 2, tieTerm };
}

function exactP(u: number, n: number, m: number): number {
  const counts = arrangements(n, m);
  const tail = Math.min(u, n * m - u);
  return Math.min(1, (2 * total(counts.subarray(0, tail + 1))) / total(counts));
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * In how many of the orders of n and m values U is 0, 1, ..., n * m: the coefficients of the Gaussian binomial, as the
 * product of (1 - q^(m + i)) / (1 - q^i). Beyond 2^53 they are rounded, to within 1e-14 of themselves.
 */
function arrangements(n: number, m: number): Float64Array {
  const counts = new Float64Array(n * m + 1);
  const at = (index: number): number => counts[index] ?? 0;
  counts[0] = 1;
  for (let factor = 1; factor <= n; factor += 1) {
    for (let index = n * m; index >= m + factor; index -= 1) {
      counts[index] = at(index) - at(index - m - factor);
    }
    for (let index = factor; index <= n * m; index += 1) {
      counts[index] = at(index) + at(index - factor);
    }
  }
  return counts;
}

/** By how much `later` lies above `earlier`, in their unit. */
export interface Shift extends Interval {
  readonly shift: number;
}

/**
 * The shift between two series (Hodges and Lehmann, 1963): the median of all differences of a value of the one and a
 * value of the other, with the interval that goes with the Mann-Whitney test (Moses; Hollander and Wolfe, 4.3).
 * Where there are too few values for this confidence, the interval holds all differences and yet says less.
 * Durations are whole nanoseconds; both series have at least one value.
 */
export function hodgesLehmann(earlier: readonly number[], later: readonly number[], confidence = 0.95): Shift {
  const differences = new Differences(earlier, later);
  const pairs = earlier.length * later.length;
  const middle = (differences.at(Math.floor((pairs + 1) / 2)) + differences.at(Math.ceil((pairs + 1) / 2))) / 2;
  const cut = Math.max(1, criticalPlace(earlier.length, later.length, confidence));
  return { shift: middle, low: differences.at(cut), high: differences.at(pairs + 1 - cut) };
}

/** Which of the ordered differences, from 1, is the lower bound; 0 where there are too few for this confidence. */
function criticalPlace(n: number, m: number, confidence: number): number {
  const outside = (1 - confidence) / 2;
  if (n * m > EXACT_PAIRS) {
    const sigma = Math.sqrt((n * m * (n + m + 1)) / 12);
    return Math.floor((n * m) / 2 + normalQuantile(outside) * sigma + 0.5);
  }
  const counts = arrangements(n, m);
  const most = outside * total(counts);
  let upTo = 0;
  let place = 0;
  while (upTo + (counts[place] ?? 0) <= most) {
    upTo += counts[place] ?? 0;
    place += 1;
  }
  return place;
}

/** All differences of two series in ascending order, without making them: n * m may be many millions. */
class Differences {
  private readonly earlier: Float64Array;
  private readonly later: Float64Array;

  constructor(earlier: readonly number[], later: readonly number[]) {
    this.earlier = Float64Array.from(earlier).sort();
    this.later = Float64Array.from(later).sort();
  }

  /** The one at this place, from 1: the least whole number that at least so many differences do not exceed. */
  at(place: number): number {
    let low = Math.floor((this.later[0] ?? 0) - (this.earlier.at(-1) ?? 0));
    let high = Math.ceil((this.later.at(-1) ?? 0) - (this.earlier[0] ?? 0));
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.countUpTo(middle) >= place) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private countUpTo(limit: number): number {
    let count = 0;
    let within = 0;
    for (const begin of this.earlier) {
      while (within < this.later.length && (this.later[within] ?? 0) - begin <= limit) {
        within += 1;
      }
      count += within;
    }
    return count;
  }
}

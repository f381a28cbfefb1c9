import { median } from './describe.js';
import { normalCdf } from './normal.js';

/** Whether a series moves with its order. */
export interface Drift {
  /** Spearman's rank correlation of value and place, -1 to 1: above 0, the later are the slower. */
  readonly correlation: number;
  /** Two-sided, by the normal approximation. */
  readonly p: number;
  /** Median of the last third less that of the first third, in the unit of the series. */
  readonly change: number;
}

/** With fewer values the normal approximation does not hold. */
const FEWEST = 8;

/** The rank correlation of a series with its order (Spearman, 1904); `undefined` for fewer than 8 values. */
export function drift(series: readonly number[]): Drift | undefined {
  if (series.length < FEWEST) {
    return undefined;
  }
  const correlation = pearson(
    ranks(series),
    series.map((_, index) => index + 1),
  );
  const p = Math.min(1, 2 * normalCdf(-Math.abs(correlation) * Math.sqrt(series.length - 1)));
  const third = Math.floor(series.length / 3);
  return { correlation, p, change: median(series.slice(-third)) - median(series.slice(0, third)) };
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranks(series: readonly number[]): number[] {
  const order = series.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const result = new Array<number>(series.length).fill(0);
  for (let begin = 0, end = 0; begin < order.length; begin = end) {
    while (end < order.length && order[end]?.value === order[begin]?.value) {
      end += 1;
    }
    order.slice(begin, end).forEach(({ index }) => (result[index] = (begin + 1 + end) / 2));
  }
  return result;
}

/** 0 where one of them does not vary. */
function pearson(one: readonly number[], other: readonly number[]): number {
  const [mean1, mean2] = [mean(one), mean(other)];
  let [product, square1, square2] = [0, 0, 0];
  one.forEach((value, index) => {
    const [x, y] = [value - mean1, (other[index] ?? 0) - mean2];
    product += x * y;
    square1 += x * x;
    square2 += y * y;
  });
  return square1 === 0 || square2 === 0 ? 0 : product / Math.sqrt(square1 * square2);
}

function mean(series: readonly number[]): number {
  return series.reduce((sum, value) => sum + value, 0) / series.length;
}

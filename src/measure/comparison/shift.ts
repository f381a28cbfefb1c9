import { medianSumInterval, type Interval } from '../statistics/bootstrap.js';
import { hodgesLehmann, mannWhitney } from '../statistics/rank-sum.js';
import { centre, countOf, type Quantity } from './quantity.js';

/** By how much B lies above A, in nanoseconds, with its 95 % interval. */
export interface QuantityShift {
  readonly shift: number;
  readonly interval: Interval;
  /**
   * `hodges-lehmann`: the median of all differences of a boot of B and a boot of A, with the interval that goes with the
   * Mann-Whitney test. `medians`: the difference of the differences of medians, with a bootstrap interval.
   */
  readonly estimator: 'hodges-lehmann' | 'medians';
  /** Mann-Whitney, two-sided; only of `hodges-lehmann`. */
  readonly p?: number;
  /** False where there are too few boots for an interval of 95 %. */
  readonly enough: boolean;
}

/** The shift between two quantities; `undefined` where one has no boot. */
export function shiftBetween(a: Quantity, b: Quantity, seed: number): QuantityShift | undefined {
  if (countOf(a) === 0 || countOf(b) === 0) {
    return undefined;
  }
  return a.of === 'boots' && b.of === 'boots' ? rankShift(a.series, b.series) : medianShift(a, b, seed);
}

function rankShift(a: readonly number[], b: readonly number[]): QuantityShift {
  const { shift, low, high } = hodgesLehmann(a, b);
  return {
    shift,
    interval: { low, high },
    estimator: 'hodges-lehmann',
    p: mannWhitney(a, b).p,
    enough: leastP(a.length, b.length) <= 0.05,
  };
}

/** The least p that the Mann-Whitney test can give: two of all orders of n and m values. */
function leastP(n: number, m: number): number {
  let orders = 1;
  for (let taken = 1; taken <= n; taken += 1) {
    orders = (orders * (m + taken)) / taken;
  }
  return 2 / orders;
}

/** With fewer values than this, all of them are on one side of the median more often than in 5 % of samples. */
const FEWEST_FOR_A_MEDIAN = 6;

function medianShift(a: Quantity, b: Quantity, seed: number): QuantityShift | undefined {
  const [centreA, centreB] = [centre(a), centre(b)];
  const [ours, theirs] = [medianTerms(a), medianTerms(b)];
  const sum = { added: [...theirs.added, ...ours.taken], taken: [...theirs.taken, ...ours.added] };
  const interval = medianSumInterval(sum, { seed });
  if (centreA === undefined || centreB === undefined || interval === undefined) {
    return undefined;
  }
  const enough = Math.min(countOf(a), countOf(b)) >= FEWEST_FOR_A_MEDIAN;
  return { shift: centreB - centreA, interval, estimator: 'medians', enough };
}

function medianTerms(quantity: Quantity): { added: (readonly number[])[]; taken: (readonly number[])[] } {
  return quantity.of === 'boots'
    ? { added: [quantity.series], taken: [] }
    : { added: [quantity.later], taken: [quantity.earlier] };
}

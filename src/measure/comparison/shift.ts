import { medianSumInterval, type Interval } from '../statistics/bootstrap.js';
import { hodgesLehmann, leastP, mannWhitney } from '../statistics/rank-sum.js';
import { centre, countOf, type Quantity } from './quantity.js';

/** By how much B lies above A, in nanoseconds, with its interval. */
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
  /** False where there are too few boots for an interval of that confidence. */
  readonly enough: boolean;
}

/** How the interval of a shift is worked out. */
export interface ShiftOptions {
  /** Of the bootstrap. */
  readonly seed: number;
  /** 0.95 where it is not given. */
  readonly confidence?: number;
}

/** The shift between two quantities; `undefined` where one has no boot. */
export function shiftBetween(
  a: Quantity,
  b: Quantity,
  { seed, confidence = 0.95 }: ShiftOptions,
): QuantityShift | undefined {
  if (countOf(a) === 0 || countOf(b) === 0) {
    return undefined;
  }
  return a.of === 'boots' && b.of === 'boots'
    ? rankShift(a.series, b.series, confidence)
    : medianShift(a, b, { seed, confidence });
}

function rankShift(a: readonly number[], b: readonly number[], confidence: number): QuantityShift {
  const { shift, low, high } = hodgesLehmann(a, b, confidence);
  return {
    shift,
    interval: { low, high },
    estimator: 'hodges-lehmann',
    p: mannWhitney(a, b).p,
    enough: leastP(a.length, b.length) <= 1 - confidence,
  };
}

/** With fewer values than this, all of them are on one side of the median more often than in 5 % of samples: 6. */
function fewestForAMedian(confidence: number): number {
  return Math.ceil(Math.log2(2 / (1 - confidence)));
}

function medianShift(a: Quantity, b: Quantity, options: Required<ShiftOptions>): QuantityShift | undefined {
  const [centreA, centreB] = [centre(a), centre(b)];
  const [ours, theirs] = [medianTerms(a), medianTerms(b)];
  const sum = { added: [...theirs.added, ...ours.taken], taken: [...theirs.taken, ...ours.added] };
  const interval = medianSumInterval(sum, options);
  if (centreA === undefined || centreB === undefined || interval === undefined) {
    return undefined;
  }
  const enough = Math.min(countOf(a), countOf(b)) >= fewestForAMedian(options.confidence);
  return { shift: centreB - centreA, interval, estimator: 'medians', enough };
}

function medianTerms(quantity: Quantity): { added: (readonly number[])[]; taken: (readonly number[])[] } {
  return quantity.of === 'boots'
    ? { added: [quantity.series], taken: [] }
    : { added: [quantity.later], taken: [quantity.earlier] };
}

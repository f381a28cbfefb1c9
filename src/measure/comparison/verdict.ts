import type { Interval } from '../statistics/bootstrap.js';

/** What a comparison says of B, held against A. */
export type ComparisonVerdict = 'faster' | 'slower' | 'no difference' | 'inconclusive';

/** What a verdict is found from; all in nanoseconds. */
export interface Evidence {
  /** By how much B lies above A. */
  readonly shift: number;
  readonly interval: Interval;
  /** Differences up to this one are of no practical worth. */
  readonly bound: number;
}

/**
 * `no difference`: the interval lies within the bound. `slower` and `faster`: it is clear of 0, and the shift is beyond
 * the bound. `inconclusive`: the boots do not settle it.
 */
export function judgeShift({ shift, interval: { low, high }, bound }: Evidence): ComparisonVerdict {
  if (low >= -bound && high <= bound) {
    return 'no difference';
  }
  if (low > 0 && shift > bound) {
    return 'slower';
  }
  return high < 0 && shift < -bound ? 'faster' : 'inconclusive';
}

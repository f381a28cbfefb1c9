import { median } from './describe.js';
import { normalQuantile } from './normal.js';
import { hodgesLehmann } from './rank-sum.js';

/** How sure a comparison has to be. */
export interface PowerOptions {
  /** Of the interval; 0.95 where it is not given. */
  readonly confidence?: number;
  /** Share of comparisons that have to find the difference; 0.95 where it is not given. */
  readonly power?: number;
}

/** With fewer values in both series than this, what is reckoned for many values does not hold. */
const FEWEST = 10;
/** The spread is worked out at this confidence; any would do, and at this one it varies least. */
const SPREAD_CONFIDENCE = 0.8;

/**
 * How many boots each of two series needs, for the Mann-Whitney test (which is the interval of the Hodges-Lehmann
 * shift) to find a difference with the given power. By the asymptotic variance of the shift (Lehmann, 1975, 2.4):
 * `n = 2 * (spread * (z(confidence) + z(power)) / difference)^2`, and as much more as {@link spreadOf} may be too small
 * by, seeing that it rests on these few values. At least 10.
 * `undefined` for fewer than 10 values, which tell too little of the spread.
 * @param series nanoseconds, of boots like those that are to be compared
 * @param difference share of the median: 0.02
 */
export function bootsNeeded(
  series: readonly number[],
  difference: number,
  options: PowerOptions = {},
): number | undefined {
  if (series.length < FEWEST) {
    return undefined;
  }
  const ratio = (cautiousSpread(series) * reachOf(options)) / (difference * median(series));
  return Math.max(FEWEST, Math.ceil(2 * ratio ** 2));
}

/**
 * The smallest difference that two series of n boots each find, as a share of the median: {@link bootsNeeded} the other
 * way round. `undefined` for fewer than 10 values.
 */
export function smallestDifference(
  series: readonly number[],
  n: number,
  options: PowerOptions = {},
): number | undefined {
  if (series.length < FEWEST) {
    return undefined;
  }
  return (cautiousSpread(series) * reachOf(options) * Math.sqrt(2 / n)) / median(series);
}

function reachOf({ confidence = 0.95, power = 0.95 }: PowerOptions): number {
  return normalQuantile((1 + confidence) / 2) + normalQuantile(power);
}

/**
 * A tenth more than it seems: what holds for many values is a little too good for few, the more so where they are not
 * normal. `npm run validate` shows that it is enough.
 */
const RESERVE = 1.1;

/** The spread's standard error is close to 0.7 of itself by the root of n; this is one and a half of it more. */
function cautiousSpread(series: readonly number[]): number {
  return RESERVE * spreadOf(series) * (1 + 1.05 / Math.sqrt(series.length));
}

/**
 * What the standard deviation is to a mean, the spread is to the Hodges-Lehmann shift: with n values on either side,
 * the shift's standard error is `spread * sqrt(2 / n)`. Worked out from the width of the interval of the shift of the
 * series against itself, so that outliers hardly count. In the unit of the series.
 */
export function spreadOf(series: readonly number[]): number {
  const n = series.length;
  const z = normalQuantile((1 + SPREAD_CONFIDENCE) / 2);
  const { low, high } = hodgesLehmann(series, series, SPREAD_CONFIDENCE);
  // The n differences of a value and itself are 0 and lie in the interval: of two such series, so many would not.
  const within = 2 * z * Math.sqrt((n * n * (2 * n + 1)) / 12);
  return ((high - low) / (2 * z)) * Math.sqrt(n / 2) * (within / (within - n));
}

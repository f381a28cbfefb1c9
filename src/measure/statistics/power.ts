import { medianSumInterval, type MedianSum } from './bootstrap.js';
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
  return bootsFor(cautiousSpread(series), difference * median(series), options);
}

/**
 * The same where the spread is known: how many boots each of two series needs for their shift to be found.
 * @param spread as {@link spreadOf} or {@link spreadOfMedians} give it, made cautious by {@link cautious}
 * @param difference in the unit of the spread
 */
export function bootsFor(spread: number, difference: number, options: PowerOptions = {}): number {
  return Math.max(FEWEST, Math.ceil(2 * ((spread * reachOf(options)) / difference) ** 2));
}

/** {@link bootsFor} the other way round: the smallest difference that n boots of each find, in the unit of the spread. */
export function differenceFor(spread: number, n: number, options: PowerOptions = {}): number {
  return spread * reachOf(options) * Math.sqrt(2 / n);
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
  return differenceFor(cautiousSpread(series), n, options) / median(series);
}

function reachOf({ confidence = 0.95, power = 0.95 }: PowerOptions): number {
  return normalQuantile((1 + confidence) / 2) + normalQuantile(power);
}

/**
 * A seventh more than it seems: what holds for many values is a little too good for few, the more so where they are not
 * normal. `npm run validate` shows that it is enough.
 */
const RESERVE = 1.15;

function cautiousSpread(series: readonly number[]): number {
  return cautious(spreadOf(series), series.length);
}

/** The spread's standard error is close to 0.7 of itself by the root of n; this is one and a half of it more. */
export function cautious(spread: number, n: number): number {
  return RESERVE * spread * (1 + 1.05 / Math.sqrt(n));
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

/** Of normal values: the standard error of a median by that of a shift of ranks. */
const MEDIAN_BY_RANKS = Math.sqrt(Math.PI / 2) / Math.sqrt(Math.PI / 3);

/**
 * The same for a sum of medians, such as a phase that lies between two points of different boots: with n values in each
 * of its series, the standard error of the difference of two such sums is `spread * sqrt(2 / n)`. From its bootstrap
 * interval, whose width varies by much, and not less than normal values of that spread have it. 0 where a series is empty.
 */
export function spreadOfMedians(sum: MedianSum, seed: number): number {
  const z = normalQuantile((1 + SPREAD_CONFIDENCE) / 2);
  const { low, high } = medianSumInterval(sum, { confidence: SPREAD_CONFIDENCE, seed }) ?? { low: 0, high: 0 };
  const all = [...sum.added, ...sum.taken];
  const n = Math.min(...all.map((series) => series.length));
  if (n === 0) {
    return 0;
  }
  const normally = MEDIAN_BY_RANKS * Math.hypot(...all.map(spreadOf));
  return Math.max(((high - low) / (2 * z)) * Math.sqrt(n), normally);
}

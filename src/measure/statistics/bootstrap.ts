import { seededRandom, type Random } from '../random.js';

/** Bounds of a confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How an interval is worked out. */
export interface BootstrapOptions {
  /** 0.95 where it is not given. */
  readonly confidence?: number;
  /** Resamples; 10,000 where it is not given. */
  readonly resamples?: number;
  /** Of the random numbers: the same gives the same interval. */
  readonly seed: number;
}

/**
 * The percentile bootstrap interval of the median (Efron, 1979). `undefined` for an empty series; for one value, that
 * value at both ends. Order does not matter.
 */
export function medianInterval(series: readonly number[], options: BootstrapOptions): Interval | undefined {
  if (series.length === 0) {
    return undefined;
  }
  return percentiles(medianDraws(series, { widening: ALONE, random: seededRandom(options.seed) }), options);
}

/** Medians of samples that are independent of each other, some added up and some taken away from that. */
export interface MedianSum {
  readonly added: readonly (readonly number[])[];
  readonly taken: readonly (readonly number[])[];
}

/** The interval of a sum of medians, such as a difference of two differences. `undefined` when a sample is empty. */
export function medianSumInterval({ added, taken }: MedianSum, options: BootstrapOptions): Interval | undefined {
  if ([...taken, ...added].some((series) => series.length === 0)) {
    return undefined;
  }
  const how = { widening: IN_A_SUM, random: seededRandom(options.seed) };
  const drawTaken = taken.map((series) => medianDraws(series, how));
  const drawAdded = added.map((series) => medianDraws(series, how));
  return percentiles(() => drawSum(drawAdded) - drawSum(drawTaken), options);
}

function drawSum(draws: readonly (() => number)[]): number {
  return draws.reduce((sum, draw) => sum + draw(), 0);
}

function percentiles(draw: () => number, { confidence = 0.95, resamples = 10_000 }: BootstrapOptions): Interval {
  const draws = Float64Array.from({ length: resamples }, draw).sort();
  const outside = Math.floor(((1 - confidence) / 2) * resamples);
  return { low: draws[outside] ?? Number.NaN, high: draws[resamples - 1 - outside] ?? Number.NaN };
}

/**
 * By how many values a series counts as longer than it is where a resampled value between two of its own is
 * interpolated. Without interpolating, the interval of 15 or 21 values covers 92 % instead of 95 %, and that of a
 * difference 97 %. With these, both cover 94 to 97 % of 10 values and more; `npm run validate` shows it. The first is
 * the quantile of type 6 of Hyndman and Fan (1996), the second one between their types 5 and 7.
 */
const ALONE = 1;
const IN_A_SUM = -0.5;

interface Drawing {
  readonly widening: number;
  readonly random: Random;
}

/**
 * Medians of resamples, each without drawing the resample: its middle values are those of the series at the places of
 * the middle order statistics of n uniform numbers, and these are drawn directly (the k-th is Beta(k, n - k + 1); the
 * next, given it, is the smallest of n - k uniform ones above it).
 */
function medianDraws(series: readonly number[], { widening, random }: Drawing): () => number {
  const sorted = Float64Array.from(series).sort();
  const n = sorted.length;
  const k = Math.floor((n + 1) / 2);
  const at = (share: number): number => valueAt(sorted, share * (n + widening) - (1 + widening) / 2);
  if (n % 2 === 1) {
    return () => at(beta(k, k, random));
  }
  return () => {
    const lower = beta(k, k + 1, random);
    const upper = 1 - (1 - lower) * random() ** (1 / k);
    return (at(lower) + at(upper)) / 2;
  };
}

/** Between two values of an ascending series in proportion; beyond its ends, the nearest one. */
function valueAt(sorted: Float64Array, place: number): number {
  const position = Math.min(sorted.length - 1, Math.max(0, place));
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (position - below);
}

/** A number of the distribution Beta(a, b), as the ratio of two of Gamma distributions. */
function beta(a: number, b: number, random: Random): number {
  const left = gamma(a, random);
  return left / (left + gamma(b, random));
}

/** A number of the distribution Gamma(shape), shape at least 1 (Marsaglia and Tsang, 2000). */
function gamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = gaussian(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < (x * x) / 2 + d - d * v + d * Math.log(v)) {
      return d * v;
    }
  }
}

/** A standard normal number (Box and Muller, 1958). */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

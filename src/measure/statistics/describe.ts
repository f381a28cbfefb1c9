/** What a series of durations comes down to, in nanoseconds, rounded to whole ones. */
export interface Statistics {
  readonly n: number;
  readonly min: number;
  readonly p5: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  /** Of the sample (n - 1); 0 for a single value. */
  readonly sd: number;
  /** Median of the absolute deviations from the median, unscaled. */
  readonly mad: number;
}

/** The statistics of a series of durations in nanoseconds; `undefined` for an empty one. Order does not matter. */
export function statistics(series: readonly number[]): Statistics | undefined {
  if (series.length === 0) {
    return undefined;
  }
  const sorted = ascending(series);
  const at = (share: number): number => Math.round(quantile(sorted, share));
  const middle = quantile(sorted, 0.5);
  return {
    n: sorted.length,
    min: at(0),
    p5: at(0.05),
    p25: at(0.25),
    median: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    mean: Math.round(mean(sorted)),
    sd: Math.round(standardDeviation(sorted)),
    mad: Math.round(median(sorted.map((value) => Math.abs(value - middle)))),
  };
}

/**
 * The quantile of an ascending series, by linear interpolation between the two nearest order statistics:
 * type 7 of Hyndman and Fan (1996), the default of R and NumPy. `NaN` for an empty series.
 * @param share 0 to 1
 */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}

/** The median of a series in any order; `NaN` for an empty one. */
export function median(series: readonly number[]): number {
  return quantile(ascending(series), 0.5);
}

function ascending(series: readonly number[]): number[] {
  return [...series].sort((a, b) => a - b);
}

function mean(series: readonly number[]): number {
  return series.reduce((sum, value) => sum + value, 0) / series.length;
}

function standardDeviation(series: readonly number[]): number {
  const centre = mean(series);
  const squares = series.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return series.length < 2 ? 0 : Math.sqrt(squares / (series.length - 1));
}

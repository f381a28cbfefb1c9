import type { Random } from '../random.js';

/** Fewer runs than this in a row are a matter of outliers. */
export const SHORTEST = 3;

/** Where a history is cut. */
export interface Cut {
  /** Index of the first run after each cut: one for a step; two for a bump, its end the second. */
  readonly places: readonly number[];
  /** By how many standard deviations the mean rank within differs from what chance gives. */
  readonly size: number;
}

/** Finds the cut at which some series differs most; `undefined` where there are too few runs for any. */
export type Scan = (scores: readonly Float64Array[]) => Cut | undefined;

/**
 * The ranks of a series, centred, and scaled so that their squares have the mean 1 of a sample, so that sums of them
 * over a part of the runs are those of Mann and Whitney. Equal values share the mean of their ranks; all 0 where the
 * values are all equal. Scores that give extreme ranks more weight (van der Waerden's) see three slow runs after thirty
 * sooner, and lose a step of 8 and 8 runs more often as soon as one run in ten is wild, as runs are.
 */
export function rankScores(values: readonly number[]): Float64Array {
  const n = values.length;
  const sorted = Float64Array.from(values).sort();
  const scores = Float64Array.from(values, (value) => midRank(sorted, value) - (n + 1) / 2);
  const spread = Math.sqrt(scores.reduce((sum, score) => sum + score ** 2, 0) / (n - 1));
  return scores.map((score) => (spread > 0 ? score / spread : 0));
}

/** From 1; of equal values, the mean of theirs. */
function midRank(sorted: Float64Array, value: number): number {
  return (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1;
}

/** The best single cut. */
export const bestStep: Scan = (scores) => largest(scores.map(stepOf));

function stepOf(series: Float64Array): Cut | undefined {
  const n = series.length;
  let sum = series.subarray(0, SHORTEST - 1).reduce((total, score) => total + score, 0);
  let best: Cut | undefined;
  for (let place = SHORTEST; place <= n - SHORTEST; place += 1) {
    sum += series[place - 1] ?? 0;
    const size = Math.abs(sum) / deviation(place, n);
    if (size > (best?.size ?? 0)) {
      best = { places: [place], size };
    }
  }
  return best;
}

/** The best pair of cuts, with runs before, between and after them. */
export const bestBump: Scan = (scores) => largest(scores.map(bumpOf));

function bumpOf(series: Float64Array): Cut | undefined {
  const n = series.length;
  let best: Cut | undefined;
  for (let begin = SHORTEST; begin <= n - 2 * SHORTEST; begin += 1) {
    let sum = 0;
    for (let end = begin + 1; end <= n - SHORTEST; end += 1) {
      sum += series[end - 1] ?? 0;
      const size = end - begin < SHORTEST ? 0 : Math.abs(sum) / deviation(end - begin, n);
      if (size > (best?.size ?? 0)) {
        best = { places: [begin, end], size };
      }
    }
  }
  return best;
}

/** Of equal ones the first. */
function largest(cuts: readonly (Cut | undefined)[]): Cut | undefined {
  return cuts.reduce((best, cut) => ((cut?.size ?? 0) > (best?.size ?? 0) ? cut : best), undefined);
}

/** Of the sum of so many of n scores that are drawn without replacement. */
function deviation(within: number, n: number): number {
  return Math.sqrt((within * (n - within)) / n);
}

/** How chance is asked. */
export interface ChanceRequest {
  readonly scan: Scan;
  /** Share of orders whose best cut may be as large. */
  readonly alpha: number;
  readonly random: Random;
}

const ORDERS = 1999;
/** Sums of the same scores in another order differ in their last digits. */
const ROUNDING = 1e-9;

/** Whether a cut is larger than the best one of nearly all other orders of the runs. */
export function isBeyondChance(
  { size }: Cut,
  scores: readonly Float64Array[],
  { scan, alpha, random }: ChanceRequest,
): boolean {
  const most = Math.floor(alpha * (ORDERS + 1)) - 1;
  const order = Uint32Array.from(scores[0] ?? [], (_, index) => index);
  let larger = 0;
  for (let drawn = 0; drawn < ORDERS && larger <= most; drawn += 1) {
    shuffle(order, random);
    const other = scan(scores.map((series) => Float64Array.from(order, (from) => series[from] ?? 0)));
    larger += (other?.size ?? 0) >= size - ROUNDING ? 1 : 0;
  }
  return larger <= most;
}

/** Fisher and Yates, in place: this is done thousands of times. */
function shuffle(order: Uint32Array, random: Random): void {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
}

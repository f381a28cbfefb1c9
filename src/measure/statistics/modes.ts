import { median } from './describe.js';

/** Two groups into which a series falls, the faster one first. */
export interface TwoModes {
  readonly low: Mode;
  readonly high: Mode;
  /** Ashman's D: the distance of the two means in standard deviations of the groups. */
  readonly separation: number;
}

/** One of two groups. */
export interface Mode {
  /** In the unit of the series. */
  readonly median: number;
  /** Of all values, 0 to 1. */
  readonly share: number;
}

/** A group of fewer values, or of a smaller share, is a matter of outliers. */
const FEWEST = 5;
const LEAST_SHARE = 0.1;

/**
 * The two groups of a series that has two modes; `undefined` for one that may as well have one.
 *
 * The series is cut where the variance within its two parts is least. They are two modes when they are further apart
 * than the parts of a series with one mode get by chance (Ashman, Bird and Zepf, 1994; the limit is the one that an
 * even distribution, whose D is the square root of 12, and an exponential one pass in less than 1 % of simulated
 * series), or when there are so few values halfway between the two medians that an empty middle is no chance.
 * Two groups of equal size 5 standard deviations apart are found in 50 boots mostly and in 100 nearly always; 4 apart
 * in 200. Those 3 apart are one broad hill to the eye, and take 1000. `npm run validate` shows the shares.
 * @param chance of seeing two in a series that has one; less where several series are looked at
 */
export function twoModes(series: readonly number[], chance = USUAL_CHANCE): TwoModes | undefined {
  const sorted = Float64Array.from(series).sort();
  const cut = bestCut(sorted);
  if (cut === undefined) {
    return undefined;
  }
  const parts = [sorted.subarray(0, cut), sorted.subarray(cut)] as const;
  const [low, high] = [modeOf(parts[0], sorted.length), modeOf(parts[1], sorted.length)];
  const separation = ashmanD(...parts);
  const isFar = separation > farthestByChance(sorted.length, chance);
  return isFar || hasValley(sorted, { low: low.median, high: high.median, chance })
    ? { low, high, separation }
    : undefined;
}

const USUAL_CHANCE = 0.01;

/** The limit for 1 %, and a twelfth more for each tenth part of it: simulated series with one mode pass it as seldom. */
function farthestByChance(n: number, chance: number): number {
  return (Math.sqrt(12) + 8 / Math.sqrt(n) + 15 / n) * (1 + Math.log10(USUAL_CHANCE / chance) / 12);
}

function modeOf(part: Float64Array, n: number): Mode {
  return { median: median([...part]), share: part.length / n };
}

/** How many values go into the first part; `undefined` where no cut leaves enough on both sides. */
function bestCut(sorted: Float64Array): number | undefined {
  const n = sorted.length;
  const least = Math.max(FEWEST, Math.ceil(n * LEAST_SHARE));
  // About the middle value, because squares of long durations leave no digits for their differences.
  const centred = sorted.map((value) => value - (sorted[n >> 1] ?? 0));
  const sum = centred.reduce((total, value) => total + value, 0);
  let before = 0;
  let best: { cut: number; between: number } | undefined;
  centred.forEach((value, index) => {
    const between = before ** 2 / index + (sum - before) ** 2 / (n - index);
    if (index >= least && index <= n - least && between > (best?.between ?? 0)) {
      best = { cut: index, between };
    }
    before += value;
  });
  return best?.cut;
}

/** Infinite where neither part varies. */
function ashmanD(low: Float64Array, high: Float64Array): number {
  return (Math.SQRT2 * (mean(high) - mean(low))) / Math.sqrt(variance(low) + variance(high));
}

function mean(part: Float64Array): number {
  return part.reduce((sum, value) => sum + value, 0) / part.length;
}

function variance(part: Float64Array): number {
  const centre = mean(part);
  return part.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (part.length - 1);
}

/**
 * Whether fewer values lie halfway between two places than at the emptier of the two, each within a sixth of the
 * distance, by more than chance. With one mode the middle is at least as full; one-sided binomial test.
 */
function hasValley(
  sorted: Float64Array,
  { low, high, chance }: { readonly low: number; readonly high: number; readonly chance: number },
): boolean {
  const near = (place: number): number =>
    sorted.reduce((count, value) => count + (Math.abs(value - place) < (high - low) / 6 ? 1 : 0), 0);
  return atMostOfHalf(near((low + high) / 2), Math.min(near(low), near(high))) < chance;
}

/** The probability that of `middle + side` values, each as likely here as there, at most `middle` are here. */
function atMostOfHalf(middle: number, side: number): number {
  const all = middle + side;
  let probability = 0;
  let logTerm = all * Math.log(0.5);
  for (let count = 0; count <= middle; count += 1) {
    probability += Math.exp(logTerm);
    logTerm += Math.log((all - count) / (count + 1));
  }
  return probability;
}

import { seededRandom } from '../random.js';
import { leastP, mannWhitney } from './rank-sum.js';
import { bestBump, bestStep, isBeyondChance, rankScores, SHORTEST, type Cut, type Scan } from './scan.js';

/** A place in a history at which something moved. */
export interface ChangePoint {
  /** Index of the first run after it. */
  readonly at: number;
  /** Indices of the series that moved, in order; at least one. */
  readonly moved: readonly number[];
}

/** How sure a change has to be. */
export interface ChangeOptions {
  /** Share of histories without a change in which one may be found; 0.05 where it is not given. */
  readonly alpha?: number;
  /** Of the permutations: the same gives the same changes. */
  readonly seed: number;
}

const ALPHA = 0.05;
/** A step is what is looked for; the rest of alpha is for a change that was taken back again, which no one step shows. */
const STEPS_SHARE = 0.8;

/**
 * Where a history changes. Each run is one value in each of several series (the phases of one boot, say), all of the
 * same length; what is noise is told by the runs alone, because runs differ by more than their boots do.
 *
 * Values count by their ranks, so a wild run counts as one that is slow, by however much. The history is cut where a series differs most before and after, or in between and around (circular binary
 * segmentation, Olshen et al., 2004), if that is more than the greatest difference of any series at any cut in all
 * but a share alpha of the orders that the runs could have come in. The orders are drawn for all series alike (the
 * maximum of Westfall and Young, 1993), so alpha holds for all series and places together, however they hang together;
 * what is assumed is that runs without a change are as likely to come in any order, that is, that the host does not
 * drift. The parts are searched in the same way, with their share of alpha; last, every place is chosen anew between
 * its neighbours.
 *
 * With 8 and 8 runs, a shift of five standard deviations is found nearly always, and in two of three histories where
 * one run in ten is wild; with 12 and 12, in five of six of those.
 */
export function changePoints(series: readonly (readonly number[])[], options: ChangeOptions): ChangePoint[] {
  const count = series[0]?.length ?? 0;
  if (count < 2 * SHORTEST) {
    return [];
  }
  const search = { series, alpha: options.alpha ?? ALPHA, count, seed: options.seed };
  const found = cutsWithin({ begin: 0, end: count }, search).sort((a, b) => a - b);
  return settled(found, search).map(({ part, at }) => ({ at, moved: movedAt(part, at, series) }));
}

/**
 * The least number of runs in which a change of one of so many series can be told at all: as many before it as after
 * it, with no run of the one kind among the other.
 */
export function fewestRuns(series: number, alpha: number = ALPHA): number {
  let half: number = SHORTEST;
  while (series * leastP(half, half) > alpha * STEPS_SHARE) {
    half += 1;
  }
  return 2 * half;
}

interface Search {
  readonly series: readonly (readonly number[])[];
  readonly alpha: number;
  readonly count: number;
  readonly seed: number;
}

/** Runs from `begin` up to, and without, `end`. */
interface Part {
  readonly begin: number;
  readonly end: number;
}

function cutsWithin(part: Part, search: Search): number[] {
  const length = part.end - part.begin;
  if (length < 2 * SHORTEST) {
    return [];
  }
  const cut = firstCut(scoresWithin(part, search.series), { ...search, alpha: (search.alpha * length) / search.count });
  const places = [...new Set(cut?.places ?? [])].map((place) => part.begin + place);
  const bounds = [part.begin, ...places, part.end];
  const parts = places.length === 0 ? [] : bounds.slice(1).map((end, index) => ({ begin: bounds[index] ?? 0, end }));
  return [...places, ...parts.flatMap((smaller) => cutsWithin(smaller, search))];
}

function scoresWithin({ begin, end }: Part, series: Search['series']): Float64Array[] {
  return series.map((values) => rankScores(values.slice(begin, end)));
}

/** The step that is no chance; where there is none, the bump. */
function firstCut(scores: readonly Float64Array[], { alpha, seed }: Search): Cut | undefined {
  const scans: readonly (readonly [Scan, number])[] = [
    [bestStep, alpha * STEPS_SHARE],
    [bestBump, alpha * (1 - STEPS_SHARE)],
  ];
  for (const [scan, share] of scans) {
    const cut = scan(scores);
    if (cut !== undefined && isBeyondChance(cut, scores, { scan, alpha: share, random: seededRandom(seed) })) {
      return cut;
    }
  }
  return undefined;
}

interface Settled {
  readonly part: Part;
  readonly at: number;
}

/** Each place where it divides the runs between the one before and the one after it best. */
function settled(places: readonly number[], { series, count }: Search): Settled[] {
  const found: Settled[] = [];
  places.forEach((place, index) => {
    const part = { begin: found.at(-1)?.at ?? 0, end: places[index + 1] ?? count };
    const [best = place - part.begin] = bestStep(scoresWithin(part, series))?.places ?? [];
    found.push({ part, at: part.begin + best });
  });
  return found.map(({ at }, index) => ({
    part: { begin: found[index - 1]?.at ?? 0, end: found[index + 1]?.at ?? count },
    at,
  }));
}

/** The series that differ before and after a place (Mann-Whitney, all together at 5 %: Holm, 1979). */
function movedAt({ begin, end }: Part, at: number, series: Search['series']): number[] {
  const tested = series
    .map((values, index) => ({ index, p: mannWhitney(values.slice(begin, at), values.slice(at, end)).p }))
    .sort((a, b) => a.p - b.p);
  const kept = tested.findIndex(({ p }, place) => p * (tested.length - place) > ALPHA);
  // The place was found by one of them: it counts, however few runs there are beside it.
  const moved = tested.slice(0, Math.max(1, kept < 0 ? tested.length : kept));
  return moved.map(({ index }) => index).sort((a, b) => a - b);
}

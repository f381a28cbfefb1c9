import type { Interval } from '../../measure/statistics/bootstrap.js';
import type { ChangePoint } from '../../measure/statistics/change-points.js';
import { median } from '../../measure/statistics/describe.js';
import { hodgesLehmann, leastP, mannWhitney } from '../../measure/statistics/rank-sum.js';
import type { Changed } from './changed.js';
import type { HistoryQuantity, HistoryRun } from './figures.js';

/** A place in a history at which figures moved. Durations in nanoseconds. */
export interface HistoryChange {
  /** Index of the first run after it. */
  readonly at: number;
  /** Ids of the last run before it and of the first one after it. */
  readonly before: string;
  readonly after: string;
  /** Of every quantity, in their order; it may be that only some `moved`. */
  readonly shifts: readonly HistoryShift[];
  /** What the two runs do not have in common; where they have all, what the nearest run with a change does not. */
  readonly changed: readonly Changed[];
  /** How many runs after this change `changed` is, below 0 before it: a place may be off by one, or by two. */
  readonly nearby?: number;
  /** Load of the host, medians before and after, where it is another one (Mann-Whitney, 5 %). */
  readonly load?: { readonly before: number; readonly after: number };
}

/** By how much the runs after a change lie above those before it. */
export interface HistoryShift {
  readonly quantity: string;
  readonly moved: boolean;
  /** Medians of the runs' medians, between this change and its neighbours. */
  readonly before: number;
  readonly after: number;
  /** Hodges and Lehmann. */
  readonly shift: number;
  /** 95 %; missing where there are too few runs for one. */
  readonly interval?: Interval;
}

interface Figures {
  readonly runs: readonly HistoryRun[];
  readonly quantities: readonly HistoryQuantity[];
  /** Of each quantity, its medians in the order of the runs. */
  readonly series: readonly (readonly number[])[];
}

/** What there is to say of each change. */
export function changesOf(points: readonly ChangePoint[], { runs, quantities, series }: Figures): HistoryChange[] {
  return points.map(({ at, moved }, index) => {
    const sides = { begin: points[index - 1]?.at ?? 0, at, end: points[index + 1]?.at ?? runs.length };
    const shifts = quantities.map(({ name }, number) => ({
      quantity: name,
      moved: moved.includes(number),
      ...shiftOf(series[number] ?? [], sides),
    }));
    return {
      at,
      before: runs[at - 1]?.id ?? '',
      after: runs[at]?.id ?? '',
      shifts,
      ...causes(runs, at),
      ...loads(runs, sides),
    };
  });
}

interface Sides {
  readonly begin: number;
  readonly at: number;
  readonly end: number;
}

function shiftOf(series: readonly number[], { begin, at, end }: Sides): Omit<HistoryShift, 'quantity' | 'moved'> {
  const [before, after] = [series.slice(begin, at), series.slice(at, end)];
  const { shift, low, high } = hodgesLehmann(before, after);
  return {
    before: median(before),
    after: median(after),
    shift,
    ...(leastP(before.length, after.length) <= 0.05 ? { interval: { low, high } } : {}),
  };
}

/** In this order places are looked at. */
const NEARBY = [-1, 1, -2, 2] as const;

function causes(runs: readonly HistoryRun[], at: number): Pick<HistoryChange, 'changed' | 'nearby'> {
  const changedAt = (index: number): readonly Changed[] => runs[index]?.changed ?? [];
  if (changedAt(at).length > 0) {
    return { changed: changedAt(at) };
  }
  const nearby = NEARBY.find((away) => changedAt(at + away).length > 0);
  return nearby === undefined ? { changed: [] } : { changed: changedAt(at + nearby), nearby };
}

function loads(runs: readonly HistoryRun[], { begin, at, end }: Sides): Pick<HistoryChange, 'load'> {
  const known = (part: readonly HistoryRun[]): number[] => part.flatMap(({ load }) => load ?? []);
  const [before, after] = [known(runs.slice(begin, at)), known(runs.slice(at, end))];
  const differs = before.length > 0 && after.length > 0 && mannWhitney(before, after).p <= 0.05;
  return differs ? { load: { before: median(before), after: median(after) } } : {};
}

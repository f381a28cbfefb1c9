import { inNanoseconds, type Amount } from '../../measure/comparison/amount.js';
import type { ComparedRow } from '../../measure/comparison/compare.js';
import type { JudgedGate } from '../../measure/comparison/gate.js';
import { fit } from '../columns.js';
import { intervalText, shiftText } from '../comparison-words.js';
import { extent } from './extent.js';
import type { Palette } from './palette.js';

/** By how much B lies above A, phase by phase. */
export interface ShiftRequest {
  /** From top to bottom. */
  readonly rows: readonly ComparedRow[];
  /** Name of the row that stands for the whole boot: it is the bold one. */
  readonly total?: string;
  readonly threshold: Amount;
  /** Limits, each drawn in the row that it is about. */
  readonly gates: readonly (JudgedGate & { readonly row: string })[];
  readonly palette: Palette;
  /** Pixels, all in all. Below 600 the words beside the intervals are the verdict alone. */
  readonly width: number;
}

const LETTER = 7;
const NAME = 18;
/** Pixels of a row. */
export const ROW = 30;
const WIDE = 600;
/** How many times the median of all rows' reach an interval may reach before it is cut off at the edge. */
const LONGEST = 5;
/** How many times the reach of the intervals the limit of a gate may lie away and still be drawn. */
const NEAR = 2;

/** The place of a chart of shifts. Pixels, but for the domain. */
export interface ShiftFrame {
  readonly left: number;
  readonly width: number;
  readonly height: number;
  /** Percent. */
  readonly domain: readonly [number, number];
}

/** Room for the names, the words beside the intervals, and what is between them. */
export function shiftFrame({ rows, threshold, gates, width }: ShiftRequest): ShiftFrame {
  const left = Math.max(0, ...rows.map((row) => shownName(row).length * LETTER)) + 14;
  const right = Math.max(0, ...rows.map((row) => shownWords(row, width).length * LETTER)) + 12;
  return {
    left,
    width: Math.max(90, width - left - right),
    height: rows.length * ROW,
    domain: domainOf(
      rows,
      rows.flatMap((row) => shareOf(row, threshold) ?? []),
      gates.flatMap((gate) => limitOf(gate, rows) ?? []),
    ),
  };
}

/**
 * What all intervals need, but for the few that are far wider than the rest. 0 and the threshold are always in it; the
 * limit of a gate is where it lies near what was found.
 */
function domainOf(
  rows: readonly ComparedRow[],
  bounds: readonly number[],
  limits: readonly number[],
): readonly [number, number] {
  const percents = rows.flatMap(({ percent }) => (percent === undefined ? [] : [percent]));
  const reaches = percents.map(({ low, high }) => Math.max(Math.abs(low), Math.abs(high))).sort((a, b) => a - b);
  const bound = Math.max(0, ...bounds);
  const most = Math.max((reaches[Math.floor((reaches.length - 1) / 2)] ?? 1) * LONGEST, bound);
  const ends = percents.flatMap(({ low, high }) => [low, high]).map((end) => Math.max(-most, Math.min(most, end)));
  const [low, high] = extent([...ends, -bound, bound, 0]);
  const near = limits.filter((limit) => Math.abs(limit) <= NEAR * Math.max(-low, high));
  const [least, greatest] = extent([low, high, ...near]);
  const air = (greatest - least) * 0.05 || 1;
  return [least - air, greatest + air];
}

/** A row's name, as there is room for it. */
export function shownName({ name, in: whole }: ComparedRow): string {
  return `${whole === undefined ? '' : '· '}${fit(name, NAME)}`;
}

/** What stands beside an interval. */
export function shownWords(row: ComparedRow, width: number): string {
  return width < WIDE ? row.verdict : `${shiftText(row)}\u00a0\u00a0[${intervalText(row)}]\u00a0\u00a0${row.verdict}`;
}

/** An amount in percent of A's median; `undefined` where that is not above 0. */
export function shareOf({ a }: ComparedRow, threshold: Amount): number | undefined {
  return a.median > 0 ? ((inNanoseconds(threshold, a.median) ?? 0) / a.median) * 100 : undefined;
}

/** Where a gate's limit lies, in percent of A's median. */
export function limitOf(
  { limit, row }: ShiftRequest['gates'][number],
  rows: readonly ComparedRow[],
): number | undefined {
  const about = rows.find(({ name }) => name === row);
  return about === undefined ? undefined : shareOf(about, limit);
}

/** Both axes: the shift in percent, and pixels from the top. */
export function shiftScales({ domain, height, width }: ShiftFrame): { x: object; y: object } {
  const axis = {
    title: 'shift of B against A, % of A',
    tickCount: Math.max(3, Math.floor(width / 80)),
    grid: true,
  };
  return {
    x: { field: 'shift', type: 'quantitative', axis, scale: { domain, nice: false, zero: false, clamp: true } },
    y: {
      field: 'centre',
      type: 'quantitative',
      axis: null,
      scale: { domain: [0, height], range: [0, height], nice: false },
    },
  };
}

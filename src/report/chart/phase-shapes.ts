import type { PhaseSpan } from './phase-spans.js';
import { axisUnit, inUnit, type AxisUnit } from './unit.js';

/** The place of a chart of phases. Pixels, but for the domain. */
export interface Frame {
  /** Room for the names. */
  readonly left: number;
  /** Of the bars alone. */
  readonly width: number;
  readonly height: number;
  /** Where the rows begin, below the stack. */
  readonly top: number;
  /** Of a row, and of one depth of the stack. */
  readonly row: number;
  readonly band: number;
  readonly unit: AxisUnit;
  /** What the axis shows, in the unit. */
  readonly domain: readonly [number, number];
}

/** The axis on which all of these phases have room, with their intervals. */
export function axisOf(spans: readonly PhaseSpan[]): Pick<Frame, 'unit' | 'domain'> {
  const ends = spans.flatMap(({ begin, duration = 0, interval }) => [
    begin,
    begin + duration,
    begin + (interval?.high ?? 0),
  ]);
  const unit = axisUnit(ends);
  const inUnits = ends.map((end) => inUnit(end, unit));
  return { unit, domain: [Math.min(0, ...inUnits), Math.max(...inUnits, 0) || 1] };
}

/** A phase or a part of one in the stack. Along the boot in the frame's unit, across it in pixels. */
export interface PhaseBlock {
  readonly name: string;
  readonly family: number;
  readonly begin: number;
  readonly end: number;
  readonly middle: number;
  readonly top: number;
  readonly bottom: number;
  readonly centre: number;
  /** True where its name has room in it. */
  readonly roomy: boolean;
}

const LETTER = 8;
/** Pixels that are left free between two blocks. */
const FREE = 1.5;
/** Share of the axis by which two phases may overlap and still stand one after the other: medians need not add up. */
const TOLERANCE = 0.02;

/**
 * The stack: the phases one after the other, below each its parts. What does not last, or lies over another phase of
 * the same depth, is left out; it has its row.
 */
export function phaseBlocks(spans: readonly PhaseSpan[], frame: Frame): PhaseBlock[] {
  const tolerance = (frame.domain[1] - frame.domain[0]) * frame.unit.nanoseconds * TOLERANCE;
  const ends: number[] = [];
  const stacked = spans.filter(({ depth, begin, duration = 0 }) => {
    const fits = duration > 0 && begin >= (ends[depth] ?? 0) - tolerance;
    if (fits) {
      ends[depth] = begin + duration;
    }
    return fits;
  });
  return stacked.map((span) => blockOf(span, frame));
}

function blockOf({ name, depth, family, begin, duration = 0 }: PhaseSpan, frame: Frame): PhaseBlock {
  const perPixel = (frame.domain[1] - frame.domain[0]) / frame.width;
  const from = inUnit(begin, frame.unit);
  const to = inUnit(begin + duration, frame.unit);
  const pixels = (to - from) / perPixel;
  const top = depth * frame.band;
  const free = pixels > 2 * FREE ? FREE * perPixel : 0;
  return {
    name,
    family,
    begin: from,
    end: to - free,
    middle: (from + to) / 2,
    top,
    bottom: top + frame.band - FREE,
    centre: top + (frame.band - FREE) / 2,
    roomy: pixels > name.length * LETTER + 8,
  };
}

/** A phase in its own row. */
export interface PhaseRow extends PhaseSpan {
  readonly end: number;
  readonly top: number;
  readonly bottom: number;
  readonly centre: number;
  /** Where the interval's line lies, and its two strokes. */
  readonly whisker: number;
  readonly whiskerTop: number;
  readonly whiskerBottom: number;
  readonly low?: number;
  readonly high?: number;
}

const ROW_BAR = 14;
/** What a part's bar lacks above and below. */
const PART_THINNER = 2;

/** Every phase in a row of its own; begin, end, low and high in the frame's unit. */
export function phaseRows(spans: readonly PhaseSpan[], frame: Frame): PhaseRow[] {
  return spans.map((span, index) => {
    const { begin, duration = 0, interval } = span;
    const at = (nanoseconds: number): number => inUnit(begin + nanoseconds, frame.unit);
    const top = frame.top + index * frame.row;
    const thin = span.depth === 0 ? 0 : PART_THINNER;
    return {
      ...span,
      begin: at(0),
      end: at(duration),
      top: top + thin,
      bottom: top + ROW_BAR - thin,
      centre: top + ROW_BAR / 2,
      whisker: top + ROW_BAR + 5,
      whiskerTop: top + ROW_BAR + 2,
      whiskerBottom: top + ROW_BAR + 8,
      ...(interval === undefined ? {} : { low: at(interval.low), high: at(interval.high) }),
    };
  });
}

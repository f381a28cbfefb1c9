import { readableDuration } from '../../measure/duration.js';
import type { Interval } from '../../measure/statistics/bootstrap.js';
import type { Chart, Layer } from './drawing.js';
import type { Palette } from './palette.js';
import { chartStyle } from './style.js';
import { axisUnit, inUnit, type AxisUnit } from './unit.js';
import { estimateWords } from './words.js';
import { extent } from './extent.js';

/** What a phase's distribution is drawn from. Nanoseconds. */
export interface DistributionRequest {
  readonly phase: string;
  /** In any order; at least one. */
  readonly durations: readonly number[];
  readonly median?: number;
  readonly interval?: Interval;
  readonly palette: Palette;
  readonly color: string;
}

const HEIGHT = 150;
/** Below the bars, for the strip of single boots. */
const STRIP = 14;

/** How often a phase took how long: a histogram, and below it a stroke for each boot. */
export function distributionChart(request: DistributionRequest): Chart {
  const { phase, palette, durations } = request;
  const unit = axisUnit(durations);
  return {
    title: `How long ${phase} took`,
    description: inWords(request),
    spec: {
      width: 330,
      height: HEIGHT,
      config: chartStyle(palette),
      layer: [histogram(request, unit), strip(request, unit), ...middle(request, unit)],
    },
  };
}

function inWords({ durations, median, interval }: DistributionRequest): string {
  const [least, most] = extent(durations);
  const middle = median === undefined ? '' : `; the phase's figure is ${estimateWords(median, interval)}`;
  return `${durations.length} values from ${readableDuration(least)} to ${readableDuration(most)}${middle}`;
}

function horizontal(unit: AxisUnit): object {
  return { axis: { title: unit.name, tickCount: 5, grid: false }, scale: { zero: false, nice: true } };
}

function histogram({ durations, color }: DistributionRequest, unit: AxisUnit): Layer {
  const values = durations.map((duration) => inUnit(duration, unit));
  const bins = countedIn(binsOf(values), values);
  return {
    name: 'histogram',
    data: { values: bins },
    mark: { type: 'rect', color },
    encoding: {
      x: { field: 'from', type: 'quantitative', ...horizontal(unit) },
      x2: { field: 'to' },
      y: {
        field: 'zero',
        type: 'quantitative',
        axis: { title: 'boots', tickMinStep: 1, tickCount: 4, format: 'd' },
        scale: { range: [HEIGHT - STRIP, 0] },
      },
      y2: { field: 'count' },
    },
  };
}

/** A bin, and how many values are in it. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly zero: 0;
  readonly count: number;
}

const MOST_BINS = 40;

/** Bins that do not overlap, from the least value on. */
export interface Bins {
  readonly least: number;
  readonly number: number;
  readonly width: number;
}

/** Bins of equal width by the rule of Freedman and Diaconis (1981), at most 40. */
export function binsOf(values: readonly number[]): Bins {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  const [least, most] = [at(0), at(1)];
  const wished = (2 * (at(0.75) - at(0.25))) / Math.cbrt(sorted.length);
  const number = Math.min(MOST_BINS, Math.max(1, wished > 0 ? Math.ceil((most - least) / wished) : 1));
  // Equal values still make a bar that can be seen.
  return { least, number, width: (most - least) / number || Math.abs(most) * 0.01 || 1 };
}

/** How many values are in each bin. */
export function countedIn({ least, number, width }: Bins, values: readonly number[]): Bin[] {
  const counts = new Array<number>(number).fill(0);
  for (const value of values) {
    const bin = Math.min(number - 1, Math.floor((value - least) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => ({ from: least + bin * width, to: least + (bin + 1) * width, zero: 0, count }));
}

function strip({ durations, color }: DistributionRequest, unit: AxisUnit): Layer {
  return {
    name: 'strip',
    data: { values: durations.map((duration) => ({ time: inUnit(duration, unit) })) },
    mark: { type: 'rule', color, strokeWidth: 1, strokeOpacity: 0.6 },
    encoding: {
      x: { field: 'time', type: 'quantitative', ...horizontal(unit) },
      y: { value: HEIGHT - STRIP + 4 },
      y2: { value: HEIGHT - 1 },
    },
  };
}

function middle({ median, interval, palette }: DistributionRequest, unit: AxisUnit): Layer[] {
  if (median === undefined) {
    return [];
  }
  const at = (nanoseconds: number): number => inUnit(nanoseconds, unit);
  const { low, high } = interval ?? { low: median, high: median };
  const x = { field: 'time', type: 'quantitative', ...horizontal(unit) };
  return [
    {
      name: 'interval',
      data: { values: [{ time: at(low), high: at(high) }] },
      mark: { type: 'rect', color: palette.faint, opacity: 0.25 },
      encoding: { x, x2: { field: 'high' } },
    },
    {
      name: 'median',
      data: { values: [{ time: at(median) }] },
      mark: { type: 'rule', color: palette.ink, strokeWidth: 1.5 },
      encoding: { x },
    },
  ] as Layer[];
}

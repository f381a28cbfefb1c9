import { binsOf, countedIn } from './distribution-chart.js';
import type { Chart, Layer } from './drawing.js';
import { extent } from './extent.js';
import type { Palette } from './palette.js';
import { chartStyle } from './style.js';
import { axisUnit, inUnit, type AxisUnit } from './unit.js';
import { readableDuration } from '../../measure/duration.js';
import { median } from '../../measure/statistics/describe.js';

/** What the distributions of a phase in A and in B are drawn from. Nanoseconds, in any order; at least one of either. */
export interface ComparedDistributionRequest {
  readonly phase: string;
  readonly durations: Readonly<Record<Side, readonly number[]>>;
  readonly palette: Palette;
}

type Side = 'a' | 'b';
const SIDES: readonly Side[] = ['a', 'b'];

/** How often a phase took how long: A's histogram stands up, B's hangs down, in the same bins. */
export function comparedDistributionChart({ phase, durations, palette }: ComparedDistributionRequest): Chart {
  const unit = axisUnit([...durations.a, ...durations.b]);
  const values = { a: inUnits(durations.a, unit), b: inUnits(durations.b, unit) };
  const bins = binsOf([...values.a, ...values.b]);
  const counts = { a: countedIn(bins, values.a), b: countedIn(bins, values.b) };
  const most = Math.max(1, ...[...counts.a, ...counts.b].map(({ count }) => count)) * AIR;
  return {
    title: `How long ${phase} took, in A and in B`,
    description: SIDES.map((side) => inWords(side, durations[side])).join('; '),
    spec: {
      width: 330,
      height: 190,
      config: chartStyle(palette),
      layer: SIDES.flatMap((side) => [
        histogram(counts[side], side, { most, unit, palette }),
        middle(values[side], side, { most, unit, palette }),
      ]),
    },
  };
}

function inUnits(durations: readonly number[], unit: AxisUnit): number[] {
  return durations.map((duration) => inUnit(duration, unit));
}

function inWords(side: Side, durations: readonly number[]): string {
  const [least, most] = extent(durations);
  return `${side.toUpperCase()}: ${durations.length} values from ${readableDuration(least)} to ${readableDuration(most)}, half of them up to ${readableDuration(median(durations))}`;
}

interface Look {
  readonly most: number;
  readonly unit: AxisUnit;
  readonly palette: Palette;
}

/** Above the tallest bar. */
const AIR = 1.06;

/** B's counts are drawn below the line in the middle; the axis tells them without the sign. */
const DOWN = { a: 1, b: -1 } as const;

function scales({ most, unit }: Look): { x: object; y: object } {
  return {
    x: {
      type: 'quantitative',
      axis: { title: unit.name, tickCount: 5, grid: false },
      scale: { zero: false, nice: true },
    },
    y: {
      type: 'quantitative',
      axis: { title: 'boots: A up, B down', tickMinStep: 1, tickCount: 5, labelExpr: 'abs(datum.value)' },
      scale: { domain: [-most, most], nice: false },
    },
  };
}

function histogram(bins: readonly { from: number; to: number; count: number }[], side: Side, look: Look): Layer {
  const { x, y } = scales(look);
  const values = bins
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) => ({ from, to, zero: 0, count: count * DOWN[side] }));
  return {
    name: `histogram-${side}`,
    data: { values },
    mark: { type: 'rect', color: look.palette.sides[side] },
    encoding: {
      x: { ...x, field: 'from' },
      x2: { field: 'to' },
      y: { ...y, field: 'zero' },
      y2: { field: 'count' },
    },
  };
}

/** The median, through that side's half of the drawing. */
function middle(values: readonly number[], side: Side, look: Look): Layer {
  const { x, y } = scales(look);
  return {
    name: `median-${side}`,
    data: { values: [{ time: median(values), zero: 0, end: look.most * DOWN[side] }] },
    mark: { type: 'rule', color: look.palette.ink, strokeWidth: 1.5 },
    encoding: { x: { ...x, field: 'time' }, y: { ...y, field: 'zero' }, y2: { field: 'end' } },
  };
}

import { readableDuration } from '../../measure/duration.js';
import { median } from '../../measure/statistics/describe.js';
import type { Chart, Layer } from './drawing.js';
import type { Palette } from './palette.js';
import { chartStyle } from './style.js';
import { axisUnit, inUnit, timeAlong, type AxisUnit } from './unit.js';
import { extent } from './extent.js';

/** The durations of one method at one point. */
export interface EcdfSeries {
  /** `exit` or `trace`; `A` or `B`. */
  readonly name: string;
  /** As CSS takes it; without one that of the chart. */
  readonly color?: string;
  /** Nanoseconds, in any order. */
  readonly durations: readonly number[];
}

/** What a distribution function is drawn of. */
export interface EcdfRequest {
  /** The point, for a person. */
  readonly point: string;
  /** The first is drawn as a full line, the second dashed. */
  readonly series: readonly EcdfSeries[];
  readonly palette: Palette;
  readonly color: string;
}

/** The share of boots that had come to a point by then: the empirical distribution function. */
export function ecdfChart({ point, series, palette, color }: EcdfRequest): Chart {
  const unit = axisUnit(series.flatMap(({ durations }) => durations));
  return {
    title: `Share of boots that have come to "${point}", by time`,
    description: series.map(inWords).join('; '),
    spec: {
      width: 330,
      height: 180,
      config: chartStyle(palette),
      layer: [
        ...series.map((one, index) => line(one, unit, { color: one.color ?? color, dash: DASHES[index] ?? [1, 2] })),
        half(palette),
      ],
    },
  };
}

const DASHES = [
  [1, 0],
  [5, 3],
];

function inWords({ name, durations }: EcdfSeries): string {
  if (durations.length === 0) {
    return `${name}: no boot came to it`;
  }
  const [least = 0, most = 0] = extent(durations).map(Math.round);
  return `${name}: ${durations.length} boots, from ${readableDuration(least)} to ${readableDuration(most)}, half of them by ${readableDuration(median(durations))}`;
}

function line(
  { name, durations }: EcdfSeries,
  unit: AxisUnit,
  { color, dash }: { color: string; dash: number[] },
): Layer {
  return {
    name: `ecdf-${name}`,
    data: { values: steps(durations.map((duration) => inUnit(duration, unit))) },
    mark: { type: 'line', interpolate: 'step-after', color, strokeWidth: 2, strokeDash: dash },
    encoding: {
      x: timeAlong(unit),
      y: {
        field: 'share',
        type: 'quantitative',
        axis: { title: 'share of boots', format: '.0%', values: [0, 0.25, 0.5, 0.75, 1] },
        scale: { domain: [0, 1] },
      },
    },
  };
}

interface Step {
  readonly time: number;
  readonly share: number;
}

function steps(values: readonly number[]): Step[] {
  const sorted = [...values].sort((a, b) => a - b);
  const [first] = sorted;
  const rises = sorted.map((time, index) => ({ time, share: (index + 1) / sorted.length }));
  return first === undefined ? [] : [{ time: first, share: 0 }, ...rises];
}

function half({ faint }: Palette): Layer {
  return {
    name: 'half',
    data: { values: [{ share: 0.5 }] },
    mark: { type: 'rule', color: faint, strokeDash: [2, 3] },
    encoding: { y: { field: 'share', type: 'quantitative' } },
  };
}

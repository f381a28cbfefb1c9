import type { Interval } from '../../measure/statistics/bootstrap.js';
import type { Chart, Layer } from './drawing.js';
import type { Palette } from './palette.js';
import type { Reading, ReadingKind } from './readings.js';
import { chartStyle } from './style.js';
import { axisUnit, inUnit, type AxisUnit } from './unit.js';
import { estimateWords } from './words.js';
import { extent } from './extent.js';

/** What the boots of one method at one point are drawn from. Durations in nanoseconds. */
export interface BootsRequest {
  /** The point, for a person. */
  readonly point: string;
  readonly readings: readonly Reading[];
  readonly median?: number;
  readonly interval?: Interval;
  /** Number of boots of the whole plan, so that the charts of all points have the same axis. */
  readonly boots: number;
  readonly palette: Palette;
  readonly color: string;
}

/** The boots of both sides of a comparison at one point; boots, palette and point are A's. */
export type ComparedBootsRequest = Readonly<Record<'a' | 'b', BootsRequest>>;

/**
 * Every boot of A and of B in the order in which it was booted, on the same axes: A's marks are round, B's have three
 * corners.
 */
export function comparedBootsChart({ a, b }: ComparedBootsRequest): Chart {
  const counted = [...countedTimes(a), ...countedTimes(b)];
  const unit = axisUnit(counted);
  const domain = room(counted, unit);
  const plots: Plot[] = [
    { request: a, unit, domain, side: 'a' },
    { request: b, unit, domain, side: 'b' },
  ];
  return {
    title: `Time to "${a.point}", boot by boot, of A and of B`,
    description: `A: ${inWords(a, countedTimes(a))}. B: ${inWords(b, countedTimes(b))}`,
    spec: {
      width: 330,
      height: 180,
      config: chartStyle(a.palette),
      layer: [
        ...plots.flatMap(band),
        ...plots.slice(0, 1).flatMap(sessions),
        ...KINDS.flatMap((kind) => plots.map((plot) => marks(plot, kind))),
        ...plots.flatMap(middle),
      ],
    },
  };
}

/**
 * Every boot in the order in which it was booted: what drifts, jumps or stands apart shows here. The scale is that of
 * the boots that count; what lies beyond it, and what failed, is drawn at its upper edge.
 */
export function bootsChart(request: BootsRequest): Chart {
  const { point, palette } = request;
  const counted = countedTimes(request);
  const unit = axisUnit(counted);
  const domain = room(counted, unit);
  const plot: Plot = { request, unit, domain };
  return {
    title: `Time to "${point}", boot by boot`,
    description: inWords(request, counted),
    spec: {
      width: 330,
      height: 180,
      config: chartStyle(palette),
      layer: [...band(plot), ...sessions(plot), ...KINDS.map((kind) => marks(plot, kind)), ...middle(plot)],
    },
  };
}

function countedTimes({ readings }: BootsRequest): number[] {
  return readings.flatMap(({ kind, nanoseconds = 0 }) => (kind === 'boot' || kind === 'outlier' ? [nanoseconds] : []));
}

interface Plot {
  /** Of a comparison. */
  readonly side?: 'a' | 'b';
  readonly request: BootsRequest;
  readonly unit: AxisUnit;
  readonly domain: readonly [number, number];
}

const KINDS: readonly ReadingKind[] = ['warm-up', 'boot', 'outlier', 'failed'];

function inWords({ readings, median, interval }: BootsRequest, counted: readonly number[]): string {
  const number = (kind: ReadingKind): number => readings.filter((reading) => reading.kind === kind).length;
  return [
    `${counted.length} boots that count, ${outliersText(number('outlier'))}`,
    `${number('failed')} failed`,
    `${number('warm-up')} to warm up`,
    ...(median === undefined ? [] : [`median ${estimateWords(median, interval)}`]),
  ].join('; ');
}

function outliersText(number: number): string {
  return number === 0 ? 'none of them an outlier' : `${number} of them ${number === 1 ? 'an outlier' : 'outliers'}`;
}

/** The lowest and the highest, and a little air. */
function room(durations: readonly number[], unit: AxisUnit): readonly [number, number] {
  const values = durations.map((duration) => inUnit(duration, unit));
  const [least, most] = values.length === 0 ? [0, 1] : extent(values);
  const air = (most - least) * 0.08 || Math.abs(most) * 0.01 || 1;
  return [least - air, most + air];
}

function scales({ request, unit, domain }: Plot): { x: object; y: object } {
  return {
    x: {
      field: 'boot',
      type: 'quantitative',
      axis: { title: 'boot, in order', tickMinStep: 1, tickCount: 6, format: 'd', grid: false },
      scale: { domain: [0, Math.max(1, request.boots - 1)], nice: false },
    },
    y: {
      field: 'time',
      type: 'quantitative',
      axis: { title: unit.name, tickCount: 5 },
      scale: { domain, clamp: true, zero: false, nice: false },
    },
  };
}

/** The median's interval, behind the boots. */
function band(plot: Plot): Layer[] {
  const { interval, palette } = plot.request;
  const { y } = scales(plot);
  const values =
    interval === undefined ? [] : [{ time: inUnit(interval.low, plot.unit), high: inUnit(interval.high, plot.unit) }];
  const mark = { type: 'rect', color: plot.side === undefined ? palette.faint : plot.request.color, opacity: 0.25 };
  return [{ name: named('interval', plot), data: { values }, mark, encoding: { y, y2: { field: 'high' } } }] as Layer[];
}

/** The median, over them. */
function middle(plot: Plot): Layer[] {
  const { median, palette } = plot.request;
  const { y } = scales(plot);
  const values = median === undefined ? [] : [{ time: inUnit(median, plot.unit) }];
  return [
    {
      name: named('median', plot),
      data: { values },
      mark: { type: 'rule', color: plot.side === undefined ? palette.ink : plot.request.color },
      encoding: { y },
    },
  ] as Layer[];
}

/** A line where an unfinished measurement was gone on with, and where warming up ended. */
function sessions(plot: Plot): Layer[] {
  const { readings, palette } = plot.request;
  const begun = readings.filter(({ session }, index) => session !== (readings[index - 1]?.session ?? session));
  const firstCounted = readings.find(({ kind, boot }) => kind !== 'warm-up' && boot > 0);
  const warm = readings.some(({ kind }) => kind === 'warm-up') ? firstCounted : undefined;
  const values = [
    ...(warm === undefined ? [] : [{ boot: warm.boot - 0.5, text: '' }]),
    ...begun.map(({ boot, session }) => ({ boot: boot - 0.5, text: `session ${session}` })),
  ];
  const { x } = scales(plot);
  return [
    {
      name: 'sessions',
      data: { values },
      mark: { type: 'rule', color: palette.faint, strokeDash: [3, 3] },
      encoding: { x },
    },
    {
      name: 'session-names',
      data: { values },
      mark: { type: 'text', color: palette.faint, align: 'left', baseline: 'top', dx: 3 },
      encoding: { x, y: { value: 0 }, text: { field: 'text' } },
    },
  ] as Layer[];
}

const CROSS = 'M-1,-1L1,1M-1,1L1,-1';

function marks(plot: Plot, kind: ReadingKind): Layer {
  const { request, unit, domain } = plot;
  const values = request.readings
    .filter((reading) => reading.kind === kind)
    .map(({ boot, nanoseconds }) => ({
      boot,
      time: nanoseconds === undefined ? domain[1] : inUnit(nanoseconds, unit),
    }));
  return { name: named(kind, plot), data: { values }, mark: markOf(kind, plot), encoding: scales(plot) } as Layer;
}

function named(layer: string, { side }: Plot): string {
  return side === undefined ? layer : `${layer}-${side}`;
}

const SHAPES = { a: 'circle', b: 'triangle-up' } as const;

/** So many marks cover each other: then they are smaller. */
const MANY = 200;

function markOf(kind: ReadingKind, { request: { color, palette, readings }, side }: Plot): object {
  const [round, standsApart] = side === undefined ? ['circle', 'diamond'] : [SHAPES[side], SHAPES[side]];
  const { surface, failed, faint } = palette;
  const isCrowded = readings.length > MANY;
  switch (kind) {
    case 'boot':
      return { type: 'point', shape: round, size: isCrowded ? 7 : 26, fill: color, strokeWidth: 0, opacity: 1 };
    case 'outlier':
      return {
        type: 'point',
        shape: standsApart,
        size: isCrowded ? 24 : 60,
        fill: surface,
        stroke: color,
        strokeWidth: 1.75,
        opacity: 1,
      };
    case 'warm-up':
      return { type: 'point', shape: round, size: 28, fill: surface, stroke: faint, strokeWidth: 1.25, opacity: 1 };
    case 'failed':
      return {
        type: 'point',
        shape: CROSS,
        size: 70,
        stroke: side === undefined ? failed : color,
        strokeWidth: 2,
        opacity: 1,
      };
  }
}

import type { Interval } from '../../measure/statistics/bootstrap.js';
import { fit } from '../columns.js';
import type { Chart, Layer } from './drawing.js';
import type { Palette } from './palette.js';
import { chartStyle } from './style.js';
import { axisUnit, inUnit, timeAlong, type AxisUnit } from './unit.js';
import { estimateWords } from './words.js';

/** A figure of one machine. Nanoseconds. */
export interface CellReading {
  /** Of the machine. */
  readonly name: string;
  /** Missing where there is no figure. */
  readonly median?: number;
  readonly interval?: Interval;
}

/** What a phase of all machines is drawn from. */
export interface CellsRequest {
  /** The phase, for a person, as it stands after "How long": `tKernel takes`. */
  readonly what: string;
  /** What the readings are of, each, where they are of no machines. */
  readonly each?: string;
  /** The base first. */
  readonly readings: readonly CellReading[];
  readonly palette: Palette;
  readonly color: string;
}

const WIDTH = 330;
const ROW = 36;
/** Of a row: where its name stands, and its dot. */
const NAME_AT = 9;
const DOT_AT = 25;
/** What a dot has above and below it. */
const LANE = 8;
/** Letters that a row has room for. */
const ROOM = 46;

/** A phase on each machine: a dot for its median and a line for the 95 % interval, over those of the base as a band. */
export function cellsChart({ what, each = 'machine', readings, palette, color }: CellsRequest): Chart {
  const unit = axisUnit(readings.flatMap(({ median = 0, interval }) => [median, interval?.high ?? 0]));
  const rows = readings.map((reading, index) => rowOf(reading, index, unit));
  const height = rows.length * ROW;
  const scales = scalesOf(unit, height);
  return {
    title: `How long ${what} on each ${each}`,
    description: readings.map(inWords).join('; '),
    spec: {
      width: WIDTH,
      height,
      config: chartStyle(palette),
      layer: [...ofBase(rows, scales, palette), ...names(rows, scales, palette), ...figures(rows, scales, color)],
    },
  };
}

function inWords({ name, median, interval }: CellReading): string {
  return `${name}: ${median === undefined ? 'no figure' : estimateWords(median, interval)}`;
}

interface Row {
  readonly name: string;
  readonly nameAt: number;
  readonly dotAt: number;
  readonly time?: number;
  readonly low?: number;
  readonly high?: number;
}

function rowOf({ name, median, interval }: CellReading, index: number, unit: AxisUnit): Row {
  return {
    name: fit(name, ROOM),
    nameAt: index * ROW + NAME_AT,
    dotAt: index * ROW + DOT_AT,
    ...(median === undefined ? {} : { time: inUnit(median, unit) }),
    ...(interval === undefined ? {} : { low: inUnit(interval.low, unit), high: inUnit(interval.high, unit) }),
  };
}

interface Scales {
  readonly x: object;
  readonly y: object;
}

function scalesOf(unit: AxisUnit, height: number): Scales {
  return {
    x: timeAlong(unit),
    y: {
      field: 'dotAt',
      type: 'quantitative',
      axis: null,
      scale: { domain: [0, height], range: [0, height], nice: false },
    },
  };
}

/** That of the base lies behind each of them, so that one sees what is beyond it. */
function ofBase(rows: readonly Row[], { x, y }: Scales, palette: Palette): Layer[] {
  const { time, low, high } = rows[0] ?? {};
  const values = rows.map(({ dotAt }) => ({ time, low, high, top: dotAt - LANE, bottom: dotAt + LANE }));
  const data = { values: time === undefined ? [] : values };
  const lane = { y: { ...y, field: 'top' }, y2: { field: 'bottom' } };
  return [
    {
      name: 'base-interval',
      data,
      mark: { type: 'rect', color: palette.faint, opacity: 0.25 },
      encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, ...lane },
    },
    {
      name: 'base-median',
      data,
      mark: { type: 'rule', color: palette.faint, strokeWidth: 1 },
      encoding: { x, ...lane },
    },
  ] as Layer[];
}

function names(rows: readonly Row[], { y }: Scales, palette: Palette): Layer[] {
  const text = rows.map((row) => ({ ...row, name: row.time === undefined ? `${row.name}: no figure` : row.name }));
  return [
    {
      name: 'machines',
      data: { values: text },
      mark: { type: 'text', align: 'left', baseline: 'middle', color: palette.ink },
      encoding: { x: { value: 4 }, y: { ...y, field: 'nameAt' }, text: { field: 'name', type: 'nominal' } },
    },
  ] as Layer[];
}

function figures(rows: readonly Row[], { x, y }: Scales, color: string): Layer[] {
  const data = { values: rows.filter(({ time }) => time !== undefined) };
  return [
    {
      name: 'intervals',
      data,
      mark: { type: 'rule', color, strokeWidth: 2 },
      encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
    },
    {
      name: 'medians',
      data,
      mark: { type: 'point', shape: 'circle', size: 55, fill: color, strokeWidth: 0, opacity: 1 },
      encoding: { x, y },
    },
  ] as Layer[];
}

import type { Chart, Layer } from './drawing.js';
import { extent } from './extent.js';
import type { Palette } from './palette.js';
import { chartStyle } from './style.js';
import { axisUnit, inUnit, type AxisUnit } from './unit.js';

/** What the runs of one quantity are drawn from. Durations in nanoseconds. */
export interface HistoryChartRequest {
  /** For a person: `tKernel`. */
  readonly quantity: string;
  /** In order; one without a figure is left out. */
  readonly runs: readonly HistoryMark[];
  readonly levels: readonly HistoryLevel[];
  /** Every change of the history; what did not move here is drawn fainter. */
  readonly changes: readonly ChangeRule[];
  /** What it all comes to, in words. */
  readonly description: string;
  readonly palette: Palette;
  readonly color: string;
  /** Pixels. */
  readonly width: number;
}

/** A run. */
export interface HistoryMark {
  /** Index in the history. */
  readonly run: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** ISO 8601. */
  readonly at: string;
}

/** The median of the runs between two changes. */
export interface HistoryLevel {
  /** Indices of its first run and of the one after its last. */
  readonly begin: number;
  readonly end: number;
  readonly median: number;
}

/** A change. */
export interface ChangeRule {
  /** Index of the first run after it. */
  readonly at: number;
  /** What it is called in the text: `1`. */
  readonly name: string;
  readonly moved: boolean;
}

/** The runs of a history in order, each with its interval; steps are the levels, upright lines the changes. */
export function historyChart(request: HistoryChartRequest): Chart {
  const { quantity, runs, palette, width, description } = request;
  const plot = plotOf(request, axisUnit(runs.map(({ median }) => median)));
  return {
    title: `${quantity} of ${runs.length} runs, in order`,
    description,
    spec: {
      width,
      height: 190,
      config: chartStyle(palette),
      layer: [...rules(plot), intervals(plot), levels(plot), marks(plot)],
    },
  };
}

interface Plot {
  readonly request: HistoryChartRequest;
  readonly unit: AxisUnit;
  readonly x: object;
  readonly y: object;
}

function plotOf(request: HistoryChartRequest, unit: AxisUnit): Plot {
  const { runs } = request;
  const last = runs.at(-1)?.run ?? 0;
  const days = Object.fromEntries(runs.map(({ run, at }) => [run, at.slice(5, 10)]));
  return {
    request,
    unit,
    x: {
      field: 'run',
      type: 'quantitative',
      axis: {
        title: 'run, in order, by its day',
        values: ticks(runs, Math.floor(request.width / TICK_WIDTH)),
        labelExpr: `${JSON.stringify(days)}[datum.value]`,
        grid: false,
      },
      scale: { domain: [-0.5, last + 0.5], nice: false },
    },
    y: {
      field: 'time',
      type: 'quantitative',
      axis: { title: unit.name, tickCount: 5 },
      scale: { domain: room(request, unit), clamp: true, zero: false, nice: false },
    },
  };
}

/** Pixels that a label has. */
const TICK_WIDTH = 60;

/** The first run of a day, as many as there is room for. */
function ticks(runs: readonly HistoryMark[], most: number): number[] {
  const days = runs
    .filter(({ at }, index) => at.slice(0, 10) !== runs[index - 1]?.at.slice(0, 10))
    .map(({ run }) => run);
  const every = Math.ceil(days.length / Math.max(1, most));
  return days.filter((_, index) => index % every === 0);
}

/** All medians and a little air; an interval that is far wider than they differ is cut at the edge. */
function room({ runs }: HistoryChartRequest, unit: AxisUnit): readonly [number, number] {
  const [least, most] = extent(runs.map(({ median }) => inUnit(median, unit)));
  const [low, high] = extent(runs.flatMap((run) => [inUnit(run.low, unit), inUnit(run.high, unit)]));
  const spread = most - least || Math.abs(most) * 0.02 || 1;
  return [Math.max(low, least - spread) - spread * 0.06, Math.min(high, most + spread) + spread * 0.06];
}

function intervals({ request, unit, x, y }: Plot): Layer {
  const values = request.runs.map(({ run, low, high }) => ({ run, time: inUnit(low, unit), high: inUnit(high, unit) }));
  const mark = { type: 'rule', color: request.color, strokeWidth: 1.5, opacity: 0.55 };
  return { name: 'intervals', data: { values }, mark, encoding: { x, y, y2: { field: 'high' } } } as Layer;
}

function levels({ request, unit, x, y }: Plot): Layer {
  const values = request.levels.map(({ begin, end, median }) => ({
    run: begin - 0.5,
    end: end - 0.5,
    time: inUnit(median, unit),
  }));
  const mark = { type: 'rule', color: request.palette.ink, strokeWidth: 1.5 };
  return { name: 'levels', data: { values }, mark, encoding: { x, x2: { field: 'end' }, y } } as Layer;
}

/** So many marks cover each other: then they are smaller. */
const MANY = 60;

function marks({ request, unit, x, y }: Plot): Layer {
  const values = request.runs.map(({ run, median }) => ({ run, time: inUnit(median, unit) }));
  const size = request.runs.length > MANY ? 14 : 34;
  const mark = { type: 'point', shape: 'circle', size, fill: request.color, strokeWidth: 0, opacity: 1 };
  return { name: 'runs', data: { values }, mark, encoding: { x, y } } as Layer;
}

function rules({ request, x }: Plot): Layer[] {
  const { changes, palette } = request;
  return [true, false].flatMap((moved) => {
    const values = changes.filter((change) => change.moved === moved).map(({ at, name }) => ({ run: at - 0.5, name }));
    const color = moved ? palette.ink : palette.faint;
    const line = { type: 'rule', color, strokeDash: moved ? [5, 3] : [2, 3], strokeWidth: moved ? 1.25 : 1 };
    const text = { type: 'text', color, align: 'left', baseline: 'top', dx: 3 };
    const kind = moved ? 'changes' : 'others';
    return [
      { name: kind, data: { values }, mark: line, encoding: { x } },
      {
        name: `${kind}-names`,
        data: { values },
        mark: text,
        encoding: { x, y: { value: 0 }, text: { field: 'name' } },
      },
    ] as Layer[];
  });
}

import { alignColumns, type Column } from '../columns.js';
import { estimateText } from '../estimate.js';
import { machineLine } from '../table.js';
import { plain, type TextPaint } from '../text-paint.js';
import { readableDuration } from '../../measure/duration.js';
import type { HistoryChange } from './change.js';
import type { HistoryRun } from './figures.js';
import type { History } from './history.js';
import {
  causeLines,
  changedLines,
  changeText,
  conclusion,
  daysText,
  leftOutLines,
  minute,
  movedShifts,
  runsText,
} from './history-words.js';

/** How a history is drawn. */
export interface HistoryTableOptions {
  /** Columns that a line may take; 80 without it. */
  readonly width?: number;
  readonly paint?: TextPaint;
  /** How many of the newest runs have a line, besides those at which something changed; all without it. */
  readonly limit?: number;
}

/**
 * A history on a terminal: a line for each run, the newest last, what changed between them, and one sentence at the end.
 * The table fits `width`; the other lines are sentences, for the screen to wrap with their indent.
 */
export function historyLines(history: History, options: HistoryTableOptions = {}): string[] {
  const { width = 80, paint = plain, limit = history.runs.length } = options;
  const shown = shownRuns(history, limit);
  const [titles = '', ...rows] = table(history, shown, width);
  const body = rows.flatMap((row, line) => {
    const index = shown[line] ?? 0;
    const left = index - (shown[line - 1] ?? -1) - 1;
    const gap = `... ${left} more before ${line === rows.length - 1 ? 'this' : 'these'} (--limit ${history.runs.length} shows all)`;
    return [...(left === 0 ? [] : [paint.dim(gap)]), ...eventLines(history, index, paint), row];
  });
  return [
    `${paint.bold(history.recipe)} on this host: ${runsText(history.runs.length)} ${daysText(history)}`,
    paint.dim(`${machineLine(history)}; method ${history.method}`),
    '',
    paint.bold(titles),
    ...body,
    '',
    ...leftOutLines(history.leftOut).map((line) => paint.dim(`not shown: ${line}`)),
    paint.bold(conclusion(history)),
    ...history.changes
      .slice(-1)
      .map((change) => paint.dim(`boot by boot: bootlap compare ${pairAround(change, history.runs).join(' ')}`)),
  ];
}

/** Indexes of the newest runs, and of those of older ones at which something changed. */
function shownRuns({ runs, changes }: History, limit: number): number[] {
  const begin = runs.length - limit;
  return [...runs.keys()].filter((index) => index >= begin || changes.some(({ at }) => at === index));
}

/** The two runs that have the place and what is named as its cause between them. */
function pairAround({ at, before, after, nearby = 0 }: HistoryChange, runs: readonly HistoryRun[]): [string, string] {
  return [
    nearby < 0 ? (runs[at + nearby - 1]?.id ?? before) : before,
    nearby > 0 ? (runs[at + nearby]?.id ?? after) : after,
  ];
}

/** What stands between a run and the one before it. */
function eventLines({ changes, runs }: History, index: number, paint: TextPaint): string[] {
  const change = changes.find(({ at }) => at === index);
  if (change !== undefined) {
    const title = `> ${changeText(change)}`;
    return [
      isFaster(change) ? paint.cyan(title) : paint.red(title),
      ...causeLines(change).map((line) => `    ${line}`),
    ];
  }
  const isTold = changes.some(({ at, nearby = 0 }) => index === at + nearby);
  const changed = index === 0 || isTold ? [] : (runs[index]?.changed ?? []);
  return changed.flatMap(changedLines).map((line) => paint.dim(`    ${line}`));
}

function isFaster(change: HistoryChange): boolean {
  return movedShifts(change).every(({ shift }) => shift < 0);
}

interface Cell {
  readonly column: Column;
  readonly of: (run: HistoryRun) => string;
}

/** Titles and a row for each of the runs with these indexes; phases for which there is no room are left out, the last ones first. */
function table(history: History, indexes: readonly number[], width: number): string[] {
  const shown = indexes.flatMap((index) => history.runs[index] ?? []);
  const [main, ...others] = history.quantities.filter(
    (quantity) => quantity.in === undefined || history.quantities.length === 1,
  );
  const figures = others.map(({ name }) => figureCell(name));
  for (let count = figures.length; ; count -= 1) {
    for (const day of [0, YEAR]) {
      const cells = [...headCells(main?.name ?? '', day), ...figures.slice(0, count)];
      const lines = linesOf(cells, shown);
      if (count === 0 || Math.max(...lines.map((line) => line.length)) <= width) {
        return lines;
      }
    }
  }
}

/** Characters that a date is shorter by without its year. */
const YEAR = 5;

function linesOf(cells: readonly Cell[], runs: readonly HistoryRun[]): string[] {
  return alignColumns(
    cells.map(({ column }) => column),
    runs.map((run) => cells.map(({ of }) => of(run))),
  );
}

function headCells(name: string, from: number): Cell[] {
  const text = ({ figures }: HistoryRun): { value: string; interval: string } => {
    const figure = figures[name];
    return figure === undefined ? { value: '-', interval: '' } : estimateText(figure.median, figure);
  };
  return [
    { column: { title: 'run (UTC)', align: 'left' }, of: ({ at }) => minute(at).slice(from) },
    { column: { title: 'id', align: 'left' }, of: ({ id }) => id.slice(id.lastIndexOf('-') + 1) },
    { column: { title: name, align: 'right' }, of: (run) => text(run).value },
    { column: { title: '95 % interval', align: 'left' }, of: (run) => text(run).interval },
  ];
}

function figureCell(name: string): Cell {
  return {
    column: { title: name, align: 'right' },
    of: ({ figures }) => {
      const figure = figures[name];
      return figure === undefined ? '-' : readableDuration(figure.median);
    },
  };
}

import { baseText } from './cell-text.js';
import { cellLines, cellWarningLines } from './cell-table.js';
import { phaseBars, ROOM_FOR_INTERVALS } from './bar.js';
import { alignColumns, fit, wrapped, type Column } from './columns.js';
import { estimateText } from './estimate.js';
import type { PointSummary, Summary } from './summary.js';
import { stoppedText } from './stopped-text.js';
import { plain, type TableOptions, type TextPaint } from './text-paint.js';
import { warningText } from './warning-text.js';
import type { Warning } from './warnings.js';

export type { TableOptions } from './text-paint.js';

/** What a finished measurement shows on a terminal: points, phases with bars, the machine, and what to beware of. */
export function summaryText(summary: Summary, { width = 80, paint = plain }: TableOptions = {}): string {
  const base = baseText(summary);
  return [
    ...(base === undefined ? [] : wrapped(`${base}:`, width, '  ')),
    ...pointTable(summary, width, paint),
    '',
    ...phaseBars(summary, { width, paint }),
    ...apartTable(summary, width, paint),
    ...spaced(cellLines(summary, { width, paint })),
    '',
    ...[machineLine(summary), ...cpuLines(summary)].map((line) => paint.dim(fit(line, width))),
    ...stoppedLines(summary, width).map((line) => paint.dim(line)),
    ...summary.warnings.flatMap((warning) => warningLines(warning, width, paint)),
    ...cellWarningLines(summary, { width, paint }),
  ].join('\n');
}

function stoppedLines(summary: Summary, width: number): string[] {
  const text = stoppedText(summary);
  return text === undefined ? [] : wrapped(text, width, '  ');
}

function spaced(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

const COLUMNS: readonly Column[] = [
  { title: 'point', align: 'left' },
  { title: 'n', align: 'right' },
  { title: 'median', align: 'right' },
  { title: '95 % interval', align: 'left' },
  { title: 'p95', align: 'right' },
  { title: 'failed', align: 'right' },
];
const INTERVAL_COLUMN = 3;
/** What the columns beside the first can take at most, with the gaps between them. */
const FIGURES_WIDTH = 42;
const INTERVAL_WIDTH = 20;

function pointTable({ points }: Summary, width: number, paint: TextPaint): string[] {
  const hasRoom = width >= ROOM_FOR_INTERVALS;
  const shown = <T>(cells: readonly T[]): T[] => cells.filter((_, column) => hasRoom || column !== INTERVAL_COLUMN);
  const room = width - FIGURES_WIDTH - (hasRoom ? INTERVAL_WIDTH : 0);
  const [titles = '', ...rows] = alignColumns(
    shown(COLUMNS),
    points.map((point) => shown([called(point, Math.max(8, room)), ...figures(point)])),
  );
  return [paint.bold(titles), ...rows];
}

/** By its label where that fits: half a label says less than the name. */
function called({ name, label = name }: PointSummary, room: number): string {
  return fit(label.length <= room ? label : name, room);
}

function figures({ statistics, failed }: PointSummary): string[] {
  if (statistics === undefined) {
    return ['0', '-', '', '-', String(failed)];
  }
  const { n, median, interval, p95 } = statistics;
  const text = estimateText(median, interval);
  return [String(n), text.value, text.interval, estimateText(p95).value, String(failed)];
}

/** How far the two methods are apart, where both were done. */
function apartTable({ apart = [] }: Summary, width: number, paint: TextPaint): string[] {
  if (apart.length === 0) {
    return [];
  }
  const rows = apart.map(({ phase, difference, interval }) => {
    const text = estimateText(difference, interval);
    return [fit(phase, 18), text.value, text.interval];
  });
  const [titles = '', ...lines] = alignColumns(
    [
      { title: 'phase', align: 'left' },
      { title: 'exit - trace', align: 'right' },
      { title: '95 % interval', align: 'left' },
    ],
    rows,
  );
  return ['', paint.bold(fit(titles, width)), ...lines.map((line) => fit(line, width))];
}

/** The VM in one line: `virt under KVM, host, 4 processors, 512 MiB`; without a CPU model where none is named. */
export function machineLine({ machine }: Pick<Summary, 'machine'>): string {
  const { type, accelerator, cpu, processors, memoryMib } = machine;
  const model = cpu === undefined ? '' : `, ${cpu}`;
  return `${type} under ${accelerator.toUpperCase()}${model}, ${processors} processor${processors === 1 ? '' : 's'}, ${memoryMib} MiB`;
}

/** Which CPU model the recipe asks for, where it is not the one that was booted with; else nothing. */
export function cpuLines({ machine: { cpuRefused } }: Summary): string[] {
  if (cpuRefused === undefined) {
    return [];
  }
  const { model, detail } = cpuRefused;
  return [`${model === undefined ? 'the CPU model' : `the CPU model ${model}`} could not be had: ${detail}`];
}

/** A warning and what to do about it, as lines of so many columns. */
export function warningLines(warning: Warning, width: number, paint: TextPaint): string[] {
  const { text, advice } = warningText(warning);
  const isGrave = warning.kind === 'failed-boots' || warning.kind === 'failed-warmup';
  const colour = (line: string): string => (isGrave ? paint.red(line) : paint.yellow(line));
  return [
    ...wrapped(`! ${text}`, width, '  ').map(colour),
    ...wrapped(`  ${advice}`, width, '  ').map((line) => paint.dim(line)),
  ];
}

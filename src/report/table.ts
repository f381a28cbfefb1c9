import { readableDuration } from '../measure/duration.js';
import { phaseBars } from './bar.js';
import { alignColumns, fit, type Column } from './columns.js';
import type { PointSummary, Summary } from './summary.js';
import { plain, type TextPaint } from './text-paint.js';

/** How the terminal's table is drawn. */
export interface TableOptions {
  /** Columns that a line may take; 80 without it. */
  readonly width?: number;
  /** Colours; none without it. */
  readonly paint?: TextPaint;
}

/** What a finished measurement shows on a terminal: the points in a table, the phases as bars, what went wrong. */
export function summaryText(summary: Summary, { width = 80, paint = plain }: TableOptions = {}): string {
  return [
    ...pointTable(summary, width, paint),
    '',
    ...phaseBars({ phases: summary.phases, medians: mediansOf(summary), width, paint }),
    '',
    paint.dim(fit(machineLine(summary), width)),
    ...failureLines(summary).map((line) => paint.red(fit(line, width))),
  ].join('\n');
}

/** Point -> median in nanoseconds, of the points that have one. */
export function mediansOf({ points }: Summary): Record<string, number> {
  return Object.fromEntries(
    points.flatMap(({ name, statistics }) => (statistics === undefined ? [] : [[name, statistics.median] as const])),
  );
}

const COLUMNS: readonly Column[] = [
  { title: 'point', align: 'left' },
  { title: 'n', align: 'right' },
  { title: 'median', align: 'right' },
  { title: 'p95', align: 'right' },
  { title: 'failed', align: 'right' },
];
/** What the columns beside the first can take at most, with the gaps between them. */
const FIGURES_WIDTH = 42;

function pointTable({ points }: Summary, width: number, paint: TextPaint): string[] {
  const [titles = '', ...rows] = alignColumns(
    COLUMNS,
    points.map((point) => [fit(point.label ?? point.name, Math.max(8, width - FIGURES_WIDTH)), ...figures(point)]),
  );
  return [paint.bold(titles), ...rows];
}

function figures({ statistics, failed }: PointSummary): string[] {
  return statistics === undefined
    ? ['0', '-', '-', String(failed)]
    : [String(statistics.n), readableDuration(statistics.median), readableDuration(statistics.p95), String(failed)];
}

/** The VM in one line: `pc under TCG, 1 processor, 512 MiB`. */
export function machineLine({ machine }: Summary): string {
  const { type, accelerator, processors, memoryMib } = machine;
  return `${type} under ${accelerator.toUpperCase()}, ${processors} processor${processors === 1 ? '' : 's'}, ${memoryMib} MiB`;
}

/** What went wrong, one line each; none when every boot was a sample. */
export function failureLines({ boots }: Summary): string[] {
  const { failed, counted, warmupFailed, warmup, outcomes } = boots;
  const kinds = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    ...(failed === 0 ? [] : [`${failed} of ${counted} boots failed and are in no figure (${kinds.join(', ')})`]),
    ...(warmupFailed === 0 ? [] : [`${warmupFailed} of ${warmup} warm-up boots failed`]),
  ];
}

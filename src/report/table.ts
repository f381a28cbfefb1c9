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
    ...[machineLine(summary), ...cpuLines(summary)].map((line) => paint.dim(fit(line, width))),
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

/** The VM in one line: `virt under KVM, host, 4 processors, 512 MiB`; without a CPU model where none is named. */
export function machineLine({ machine }: Summary): string {
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

/** What went wrong, one line each; none when every boot was a sample. */
export function failureLines({ boots }: Summary): string[] {
  const { failed, counted, warmupFailed, warmup, outcomes } = boots;
  const kinds = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    ...(failed === 0 ? [] : [`${failed} of ${counted} boots failed and are in no figure (${kinds.join(', ')})`]),
    ...(warmupFailed === 0 ? [] : [`${warmupFailed} of ${warmup} warm-up boots failed`]),
  ];
}

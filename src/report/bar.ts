import { phaseSpans, type PhaseSpan } from './chart/phase-spans.js';
import { alignColumns, fit, type Column } from './columns.js';
import { estimateText } from './estimate.js';
import type { Summary } from './summary.js';
import { plain, type TextPaint } from './text-paint.js';

/** How the phases are drawn. */
export interface BarOptions {
  /** Columns that a line may take; 80 without it. */
  readonly width?: number;
  readonly paint?: TextPaint;
}

const NAME_WIDTH = 18;
/** On narrower terminals the bars have the room of the intervals. */
export const ROOM_FOR_INTERVALS = 64;

const COLUMNS: readonly Column[] = [
  { title: 'phase', align: 'left' },
  { title: 'median', align: 'right' },
  { title: '95 % interval', align: 'left' },
  { title: 'share', align: 'right' },
];

/**
 * A line of titles, then one for each phase, its bar where it lies in the boot. Parts of a phase follow it, indented;
 * its own bar shows them by their marks:
 *
 * ```
 * phase      median  95 % interval   share
 * tQEMU     48.1 ms  [47.9, 48.6]      2 %  ##
 * tKernel   1.801 s  [1.795, 1.808]   98 %    =========+++++++++++++++++
 *   unpack  0.640 s  [0.638, 0.645]   35 %    =========
 *   start   1.161 s  [1.152, 1.170]   63 %             +++++++++++++++++
 * ```
 *
 * A phase without a figure, or with one that is not above 0, has no bar; its figure is shown as it is.
 */
export function phaseBars(summary: Summary, { width = 80, paint = plain }: BarOptions = {}): string[] {
  const spans = marked(phaseSpans(summary));
  const whole = Math.max(0, ...summary.points.map(({ statistics }) => statistics?.median ?? 0));
  const kept = COLUMNS.map((_, column) => column).filter((column) => column !== 2 || width >= ROOM_FOR_INTERVALS);
  const rows = spans.map((span) => rowOf(span, whole));
  const [titles = '', ...heads] = alignColumns(
    kept.map((column) => COLUMNS[column] ?? NO_COLUMN),
    rows.map((row) => kept.map((column) => row[column] ?? '')),
  );
  const headWidth = Math.max(titles.length, ...heads.map((head) => head.length));
  const scale = { columns: Math.max(1, width - headWidth - 2), whole };
  const lines = heads.map((head, index) => {
    const bar = barOf(spans, index, scale);
    return bar.trim() === '' ? head : `${head.padEnd(headWidth)}  ${bar.replace(/\S+/, (marks) => paint.cyan(marks))}`;
  });
  return [paint.bold(titles), ...lines];
}

const NO_COLUMN: Column = { title: '', align: 'left' };

function rowOf({ name, depth, duration, interval }: PhaseSpan, whole: number): string[] {
  const title = fit(`${'  '.repeat(depth)}${name}`, NAME_WIDTH);
  if (duration === undefined) {
    return [title, '-', '', ''];
  }
  const text = estimateText(duration, interval);
  return [title, text.value, text.interval, whole === 0 ? '' : `${Math.round((duration / whole) * 100)} %`];
}

interface MarkedSpan extends PhaseSpan {
  /** What its bar is drawn with. */
  readonly mark: string;
}

/** A phase that stands by itself, and the parts of a phase in turn, so that neighbours differ. */
const WHOLE = '#';
const PARTS = ['=', '+'] as const;

function marked(spans: readonly PhaseSpan[]): MarkedSpan[] {
  const counts = new Map<number, number>();
  return spans.map((span) => {
    const nth = counts.get(span.depth) ?? 0;
    counts.set(span.depth, nth + 1);
    return { ...span, mark: span.depth === 0 ? WHOLE : (PARTS[nth % PARTS.length] ?? WHOLE) };
  });
}

interface Scale {
  readonly columns: number;
  /** Nanoseconds that all columns together stand for. */
  readonly whole: number;
}

/** A phase's bar with those of its parts over it. */
function barOf(spans: readonly MarkedSpan[], index: number, scale: Scale): string {
  const cells: string[] = [];
  const own = spans[index];
  const parts = partsOf(spans, index);
  for (const span of own === undefined ? [] : [own, ...parts]) {
    draw(cells, span, scale);
  }
  return Array.from(cells, (cell: string | undefined) => cell ?? ' ').join('');
}

function draw(cells: string[], { begin, duration, mark }: MarkedSpan, { columns, whole }: Scale): void {
  if (duration === undefined || duration <= 0 || whole === 0) {
    return;
  }
  const first = Math.max(0, Math.min(columns - 1, Math.floor((begin / whole) * columns)));
  const end = Math.min(columns, Math.round(((begin + duration) / whole) * columns));
  // Something that lasted is always seen.
  for (let column = first; column < Math.max(first + 1, end); column += 1) {
    cells[column] = mark;
  }
}

/** The parts of a phase, one level down: they follow it, before the next of its own depth. */
function partsOf(spans: readonly MarkedSpan[], index: number): MarkedSpan[] {
  const depth = spans[index]?.depth ?? 0;
  const rest = spans.slice(index + 1);
  const end = rest.findIndex((span) => span.depth <= depth);
  return (end < 0 ? rest : rest.slice(0, end)).filter((span) => span.depth === depth + 1);
}

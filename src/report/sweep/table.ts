import { alignColumns, fit, fitMiddle, wrapped, type Column } from '../columns.js';
import { estimateText } from '../estimate.js';
import { plain, type TableOptions } from '../text-paint.js';
import { cautions, countsText, namedWithHosts, WHOLE, type SweepReport, type SweepRow } from './report.js';
import { rowWords } from './row-words.js';

/** Rows that a terminal shows of a longer sweep: the rest is in the files. */
const MOST_ROWS = 60;

/** A sweep on a terminal: each cell with its shift against the base, the best and the worst of each phase, what failed. */
export function sweepLines(report: SweepReport, { width = 80, paint = plain }: TableOptions = {}): string[] {
  const [titles = '', ...rows] = table(namedWithHosts(report.cells).slice(0, MOST_ROWS), width);
  const hidden = report.cells.length - MOST_ROWS;
  return [
    `${paint.bold(report.name)}: ${countsText(report)}${report.isCancelled ? ', cancelled' : ''}`,
    '',
    paint.bold(titles),
    ...rows,
    ...(hidden > 0 ? [paint.dim(`... and ${hidden} more in sweep.csv`)] : []),
    ...extremeLines(report, width).map((line, index) => (index === 1 ? paint.bold(line) : line)),
    ...failureLines(report.cells, width).map((line) => paint.red(line)),
    ...cautions(report).flatMap((text) => wrapped(`! ${text}`, width, '  ').map((line) => paint.yellow(line))),
  ];
}

const COLUMNS: readonly Column[] = [
  { title: 'cell', align: 'left' },
  { title: WHOLE, align: 'right' },
  { title: '95 % interval', align: 'left' },
  { title: 'shift', align: 'right' },
  { title: 'verdict', align: 'left' },
];

function table(cells: readonly SweepRow[], width: number): string[] {
  const digits = String(cells.at(-1)?.number ?? 1).length;
  const rows = cells.map((cell) => {
    const { name, total, interval, shift, verdict } = rowWords(cell);
    const indent = ' '.repeat(digits - String(cell.number).length);
    return [`${indent}${name}`, total, interval, shift, verdict];
  });
  const lines = alignColumns(COLUMNS, rows);
  if (lines.every((line) => line.length <= width)) {
    return lines;
  }
  // Without the intervals, and names cut to what is left.
  const narrow = rows.map((row) => row.filter((_, column) => column !== 2));
  const columns = COLUMNS.filter((_, column) => column !== 2);
  const rest = Math.max(
    ...alignColumns(
      columns,
      narrow.map((row) => ['', ...row.slice(1)]),
    ).map(({ length }) => length),
  );
  return alignColumns(
    columns,
    narrow.map(([name = '', ...row]) => [fitMiddle(name, Math.max(12, width - rest + 4)), ...row]),
  ).map((line) => fit(line, width));
}

function extremeLines({ extremes }: SweepReport, width: number): string[] {
  const rows = extremes.map(({ phase, best, worst, host }) => [
    host === undefined ? phase : `${phase} on ${host}`,
    `${estimateText(best.median).value} in ${best.number}`,
    `${estimateText(worst.median).value} in ${worst.number}`,
  ]);
  const columns: Column[] = [
    { title: 'phase', align: 'left' },
    { title: 'best', align: 'left' },
    { title: 'worst', align: 'left' },
  ];
  return rows.length === 0 ? [] : ['', ...alignColumns(columns, rows).map((line) => fit(line, width))];
}

function failureLines(cells: readonly SweepRow[], width: number): string[] {
  const failed = cells.filter(({ status, sameAs }) => status === 'failed' && sameAs === undefined);
  const lines = failed.slice(0, MOST_ROWS).flatMap(({ number, name, failure, attempt = 1 }) => {
    const { step, text, log } = failure ?? { step: undefined, text: 'it failed', log: undefined };
    const tries = attempt > 1 ? ` (tried ${attempt} times)` : '';
    return [
      ...wrapped(`✖ ${number}  ${name}: ${step === undefined ? '' : `${step}: `}${text}${tries}`, width, '  '),
      ...(log === undefined ? [] : [`  log: ${log}`]),
    ];
  });
  const hidden = failed.length - MOST_ROWS;
  return [
    ...(lines.length === 0 ? [] : ['']),
    ...lines,
    ...(hidden > 0 ? [`... and ${hidden} more that have failed, in sweep.csv`] : []),
  ];
}

import type { ComparedRow } from '../measure/comparison/compare.js';
import type { ComparisonVerdict } from '../measure/comparison/verdict.js';
import { readableDuration } from '../measure/duration.js';
import { alignColumns, fit, type Column } from './columns.js';
import type { ComparedSide, ComparisonDocument } from './comparison.js';
import {
  bootsText,
  conclusion,
  differenceLines,
  gateText,
  intervalText,
  methodLines,
  pText,
  shiftText,
  signedDuration,
  unmatchedLines,
  warningLines,
} from './comparison-words.js';
import type { TableOptions } from './table.js';
import { plain, type TextPaint } from './text-paint.js';

/**
 * What a comparison shows on a terminal: which two, a table of phases and points, how it was done, the gates and one
 * sentence at the end. The table fits `width`; the other lines are sentences, for the screen to wrap.
 */
export function comparisonLines(
  document: ComparisonDocument,
  { width = 80, paint = plain }: TableOptions = {},
): string[] {
  return [
    sideLine('A', document.a, paint),
    sideLine('B', document.b, paint),
    ...differenceLines(document).map((line) => paint.dim(line)),
    '',
    ...table(document.rows, width, paint),
    '',
    ...methodLines(document).map((line) => paint.dim(line)),
    ...[...unmatchedLines(document), ...warningLines(document)].map((line) => paint.dim(line)),
    ...document.gates.map((gate) => (gate.outcome === 'failed' ? paint.red(gateText(gate)) : gateText(gate))),
    paint.bold(conclusion(document)),
  ];
}

function sideLine(letter: string, { name, recipe, boots, measured }: ComparedSide, paint: TextPaint): string {
  const of = name.startsWith(recipe.name) || name.includes(`-${recipe.name}-`) ? '' : `, recipe ${recipe.name}`;
  return `${paint.bold(letter)}  ${name}${of}: ${bootsText(boots)}, ${measured.lastBootAt}`;
}

const FIGURES: readonly Column[] = [
  { title: 'A', align: 'right' },
  { title: 'B', align: 'right' },
  { title: 'shift', align: 'right' },
  { title: '95 % interval', align: 'right' },
  { title: 'p', align: 'right' },
  { title: 'verdict', align: 'left' },
];
/** Between the shift in percent and its interval, where there is room for it. */
const ABSOLUTE: Column = { title: 'by', align: 'right' };
const ROOM_FOR_ABSOLUTE = 92;
const NARROWEST_NAME = 6;

function table(rows: readonly ComparedRow[], width: number, paint: TextPaint): string[] {
  const isWide = width >= ROOM_FOR_ABSOLUTE;
  const columns = isWide ? FIGURES.toSpliced(3, 0, ABSOLUTE) : FIGURES;
  const figures = rows.map((row) => cells(row, isWide));
  const taken = Math.max(...alignColumns(columns, figures).map((line) => line.length));
  const names = rows.map((row) => fit(heading(row), Math.max(NARROWEST_NAME, width - taken - 2)));
  const [titles = '', ...lines] = alignColumns(
    [{ title: '', align: 'left' }, ...columns],
    figures.map((row, index) => [names[index] ?? '', ...row]),
  );
  return [paint.bold(titles), ...lines.map((line, index) => painted(line, rows[index]?.verdict, paint))];
}

function heading({ name, in: whole }: ComparedRow): string {
  return whole === undefined ? name : `  ${name}`;
}

function cells(row: ComparedRow, isWide: boolean): string[] {
  const { a, b, shift, verdict } = row;
  return [
    readableDuration(a.median),
    readableDuration(b.median),
    shiftText(row),
    ...(isWide ? [signedDuration(shift)] : []),
    intervalText(row),
    pText(row),
    verdict,
  ];
}

function painted(line: string, verdict: ComparisonVerdict | undefined, paint: TextPaint): string {
  if (verdict === undefined) {
    return line;
  }
  const before = line.slice(0, -verdict.length);
  switch (verdict) {
    case 'slower':
      return before + paint.red(verdict);
    case 'faster':
      return before + paint.cyan(verdict);
    case 'no difference':
      return before + verdict;
    case 'inconclusive':
      return before + paint.dim(verdict);
  }
}

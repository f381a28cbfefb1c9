import { DIFFERENCES, SIDES, type CalibratedRow } from '../measure/calibration.js';
import { readableDuration } from '../measure/duration.js';
import type { CalibrationDocument } from './calibration.js';
import {
  apartLines,
  labelOf,
  limitText,
  percentNumber,
  percentText,
  spanText,
  suggestionText,
  verdictText,
} from './calibration-words.js';
import { alignColumns, fit, wrapped, type Column } from './columns.js';
import { intervalText, shiftText } from './comparison-words.js';
import { machineLine, warningLines, type TableOptions } from './table.js';
import { plain, type TextPaint } from './text-paint.js';

/** What a calibration shows on a terminal; every line fits `width`, where that is at least 80. */
export function calibrationLines(
  document: CalibrationDocument,
  { width = 80, paint = plain }: TableOptions = {},
): string[] {
  const { bootsASide, method, rows, warnings } = document;
  const dim = (line: string): string[] => wrapped(line, width, '  ').map((each) => paint.dim(each));
  return [
    `${document.recipe.name} against itself: ${bootsASide} boots a side, interleaved, method ${method}`,
    ...dim(machineLine(document)),
    '',
    ...titled(noiseTable(rows), paint),
    ...apartLines(document).flatMap((line) => wrapped(`! ${line}`, width, '  ').map((each) => paint.yellow(each))),
    '',
    'smallest difference in % that n boots a side find, 95 times of 100,',
    'and how many boots a side a difference of 1, 2 and 5 % takes',
    ...titled(powerTable(document), paint),
    '',
    ...warnings.flatMap((warning) => warningLines(warning, width, paint)),
    ...wrapped(verdictText(document), width, '  ').map((line) => verdictPaint(document, paint)(line)),
    ...suggestion(document, width, paint),
  ];
}

function titled([titles = '', ...lines]: readonly string[], paint: TextPaint): string[] {
  return [paint.bold(titles), ...lines];
}

function suggestion(document: CalibrationDocument, width: number, paint: TextPaint): string[] {
  const found = suggestionText(document);
  if (found === undefined) {
    return [];
  }
  return [
    '',
    found.lead,
    ...continued(found.command, width),
    ...found.promises.flatMap((line) => wrapped(line, width, '  ').map((each) => paint.dim(each))),
  ];
}

/** A command on as many lines as it takes, so that it can be copied as it stands. */
function continued(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.pop();
    const longer = line === undefined ? `  ${part}` : `${line} ${part}`;
    // Room for the backslash is kept.
    lines.push(...(line === undefined || longer.length <= width - 2 ? [longer] : [`${line} \\`, `      ${part}`]));
  }
  return lines;
}

function verdictPaint({ fitness: { verdict } }: CalibrationDocument, paint: TextPaint): (line: string) => string {
  switch (verdict) {
    case 'fit':
      return (line) => paint.bold(line);
    case 'limited':
      return (line) => paint.bold(paint.yellow(line));
    case 'unfit':
      return (line) => paint.bold(paint.red(line));
  }
}

const NAME_WIDTH = 13;

const NOISE_COLUMNS: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'median', align: 'right' },
  { title: 'spread', align: 'right' },
  { title: 'A/A shift', align: 'right' },
  { title: '95 % interval', align: 'right' },
  { title: '+-', align: 'right' },
  { title: 'holds 0', align: 'left' },
];

function noiseTable(rows: readonly CalibratedRow[]): string[] {
  return alignColumns(NOISE_COLUMNS, rows.map(noiseCells));
}

/** The cells of the first table, for Markdown, too. */
export function noiseCells(row: CalibratedRow): string[] {
  const { median, noise, halfWidth, holdsZero } = row;
  return [
    nameCell(row),
    readableDuration(median),
    noise === undefined ? '-' : percentText(noise),
    shiftText(row),
    intervalText(row),
    halfWidth === undefined ? '-' : percentText(halfWidth),
    holdsZero ? 'yes' : 'NO',
  ];
}

const POWER_COLUMNS: readonly Column[] = [
  { title: '', align: 'left' },
  ...SIDES.map((boots) => ({ title: `n=${boots}`, align: 'right' }) as const),
  ...DIFFERENCES.map((difference) => ({ title: limitText(difference), align: 'right' }) as const),
];

function powerTable(document: CalibrationDocument): string[] {
  return alignColumns(POWER_COLUMNS, powerRows(document));
}

/** The rows of the second table, for Markdown, too: the last one says how long a comparison takes. */
export function powerRows({ rows, seconds: { aBootOfASide } }: CalibrationDocument): string[][] {
  const span = (boots: number): string => spanText(boots * aBootOfASide);
  const total = rows.find(({ kind }) => kind === 'total');
  return [
    ...rows.map((row) => [nameCell(row), ...powerCells(row)]),
    ['takes about', ...SIDES.map(span), ...DIFFERENCES.map((_, index) => span(total?.needs[index]?.boots ?? 0))],
  ];
}

function powerCells({ sees, needs }: CalibratedRow): string[] {
  return [
    ...SIDES.map((_, index) => percentCell(sees[index]?.difference)),
    ...DIFFERENCES.map((_, index) => countCell(needs[index]?.boots)),
  ];
}

function percentCell(share: number | undefined): string {
  return share === undefined ? '-' : percentNumber(share);
}

/** In 5 places at most. */
function countCell(boots: number | undefined): string {
  if (boots === undefined) {
    return '-';
  }
  return boots < 100_000 ? String(boots) : `${Math.round(boots / 1000)}k`;
}

function nameCell(row: CalibratedRow): string {
  return fit(row.in === undefined ? labelOf(row) : `  ${row.name}`, NAME_WIDTH);
}

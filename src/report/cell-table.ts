import type { CellSummary } from './cell-summary.js';
import { appendLegend, cellPhase, cellsShown, cellTotal, cellWarnings, wholePhases } from './cell-text.js';
import { alignColumns, fit, wrapped, type Column } from './columns.js';
import type { Summary } from './summary.js';
import { plain, type TableOptions, type TextPaint } from './text-paint.js';

/**
 * The machines of a matrix on a terminal: the whole boot of each with its shift against the base, then its phases;
 * nothing where there is but one machine.
 */
export function cellLines(summary: Summary, { width = 80, paint = plain }: TableOptions = {}): string[] {
  const cells = cellsShown(summary);
  if (cells.length === 0) {
    return [];
  }
  const phases = wholePhases(summary);
  return [
    ...totals(cells, width, paint),
    '',
    ...phaseMedians(cells, phases, { width, paint }),
    ...appendLegend(summary).flatMap((line) => wrapped(line, width, '  ').map((part) => paint.dim(part))),
  ];
}

/** What stands against the figures of the machines besides the base. */
export function cellWarningLines(summary: Summary, { width = 80, paint = plain }: TableOptions = {}): string[] {
  return cellWarnings(summary).flatMap(({ text, isGrave }) =>
    wrapped(`! ${text}`, width, '  ').map((line) => (isGrave ? paint.red(line) : paint.yellow(line))),
  );
}

const NAME: Column = { title: 'machine', align: 'left' };

interface Figure extends Column {
  readonly cell: (cell: CellSummary) => string;
  /** Where there is not room for all, the greatest goes first. */
  readonly goes: number;
}

const TOTALS: readonly Figure[] = [
  { title: 'total', align: 'right', goes: 0, cell: (cell) => cellTotal(cell).median },
  { title: '95 % interval', align: 'left', goes: 3, cell: (cell) => cellTotal(cell).interval },
  { title: 'shift', align: 'right', goes: 0, cell: (cell) => cellTotal(cell).shift },
  { title: '95 % interval', align: 'right', goes: 1, cell: (cell) => cellTotal(cell).shiftInterval },
  { title: 'p', align: 'right', goes: 2, cell: (cell) => cellTotal(cell).p },
  { title: 'verdict', align: 'left', goes: 1, cell: (cell) => cellTotal(cell).verdict },
];

function totals(cells: readonly CellSummary[], width: number, paint: TextPaint): string[] {
  const kept = [3, 2, 1, 0].map((most) => TOTALS.filter(({ goes }) => goes <= most));
  // The least says too little to be preferred to names in lines of their own.
  const forms = [
    ...kept.slice(0, -1).map((figures) => table(cells, figures)),
    ...kept.map((figures) => stacked(cells, figures)),
  ];
  return painted(forms.find((lines) => widest(lines) <= width) ?? table(cells, kept.at(-1) ?? []), paint);
}

const MARKS = '+ slower than the base, - faster, by more than 1 %';

function phaseMedians(
  cells: readonly CellSummary[],
  phases: readonly string[],
  { width, paint }: Required<TableOptions>,
): string[] {
  const figures = phases.map((phase): Figure => {
    const marks = cells.some((cell) => cellPhase(cell, phase).mark !== '') ? 1 : 0;
    const cell = (one: CellSummary): string => {
      const { median, mark } = cellPhase(one, phase);
      return `${median}${marks === 0 ? '' : ` ${mark === '' ? ' ' : mark}`}`;
    };
    return { title: `${phase}${' '.repeat(2 * marks)}`, align: 'right', goes: 0, cell };
  });
  const lines = table(cells, figures);
  const shown = widest(lines) <= width ? lines : stacked(cells, figures);
  const isMarked = cells.some((cell) => phases.some((phase) => cellPhase(cell, phase).mark !== ''));
  return [
    ...painted(
      shown.map((line) => fit(line, width)),
      paint,
    ),
    ...(isMarked ? wrapped(MARKS, width, '  ').map((line) => paint.dim(line)) : []),
  ];
}

function table(cells: readonly CellSummary[], figures: readonly Figure[]): string[] {
  return alignColumns(
    [NAME, ...figures],
    cells.map((cell) => [cell.name, ...figures.map((figure) => figure.cell(cell))]),
  );
}

/** Where names are long, each stands in a line of its own above its figures. */
function stacked(cells: readonly CellSummary[], figures: readonly Figure[]): string[] {
  const [titles = '', ...rows] = alignColumns(
    [{ title: '', align: 'left' }, ...figures],
    cells.map((cell) => ['', ...figures.map((figure) => figure.cell(cell))]),
  );
  return [titles, ...rows.flatMap((row, index) => [cells[index]?.name ?? '', row])];
}

function painted([titles = '', ...rows]: readonly string[], paint: TextPaint): string[] {
  return [paint.bold(titles), ...rows];
}

function widest(lines: readonly string[]): number {
  return Math.max(0, ...lines.map((line) => line.length));
}

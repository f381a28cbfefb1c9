import { phaseSpans } from './chart/phase-spans.js';
import { appendLegend, cellPhase, cellsShown, cellTotal, shiftWords, wholePhases } from './cell-text.js';
import type { CellSummary } from './cell-summary.js';
import { estimateText } from './estimate.js';
import { markdownTable } from './markdown-table.js';
import type { Summary } from './summary.js';

/** The machines of a matrix in the Markdown of GitHub; the empty text where there is but one. */
export function machineTable(summary: Summary): string {
  const cells = cellsShown(summary);
  if (cells.length === 0) {
    return '';
  }
  const phases = wholePhases(summary);
  const rows = cells.map((cell) => {
    const { median, shift, shiftInterval, p, verdict } = cellTotal(cell);
    return [cell.name, median, shift, shiftInterval, p, bold(verdict), ...phases.map((phase) => marked(cell, phase))];
  });
  const titles = ['machine', 'whole boot', 'shift', '95 % interval', 'p', 'verdict', ...phases];
  const right = titles.flatMap((_, column) => (column === 0 || column === 5 ? [] : [column]));
  const legend = appendLegend(summary).map((line) => `- ${line}`);
  return [markdownTable(titles, rows, right), ...legend, SHIFTS].join('\n\n');
}

const SHIFTS =
  'Shifts are against the first machine: their intervals and p hold for all machines together, and up to 1 % counts as no difference. + slower, - faster.';

function marked(cell: CellSummary, phase: string): string {
  const { median, mark } = cellPhase(cell, phase);
  return mark === '' ? median : `**${median} ${mark}**`;
}

function bold(verdict: string): string {
  return verdict === 'slower' || verdict === 'faster' ? `**${verdict}**` : verdict;
}

/** Each phase of each machine, with its shift against the base. */
export function cellPhaseTable(summary: Summary): string {
  const rows = phaseSpans(summary).flatMap(({ name }) => cellsShown(summary).map((cell) => phaseRow(cell, name)));
  const titles = ['phase', 'machine', 'median', '95 % interval', 'shift', '95 % interval', 'p', 'verdict'];
  return markdownTable(titles, rows, [2, 4, 6]);
}

function phaseRow(cell: CellSummary, phase: string): string[] {
  const { median, interval } = cell.phases.find(({ name }) => name === phase) ?? {};
  const figure = median === undefined ? { value: 'no figure', interval: '' } : estimateText(median, interval);
  const shift = cell.against?.find(({ kind, name }) => kind === 'phase' && name === phase);
  const words = shift === undefined ? { shift: '', shiftInterval: '', p: '', verdict: '' } : shiftWords(shift);
  return [
    phase,
    cell.name,
    figure.value,
    figure.interval,
    words.shift,
    words.shiftInterval,
    words.p,
    bold(words.verdict),
  ];
}

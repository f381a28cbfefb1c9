import type { CellShift, CellSummary } from './cell-summary.js';
import { phaseSpans } from './chart/phase-spans.js';
import { estimateText } from './estimate.js';
import { intervalText, pText, shiftText } from './shift-text.js';
import type { Summary } from './summary.js';
import type { Warning } from './warnings.js';
import { warningText } from './warning-text.js';

/** The machines of a matrix in words; where there is but one, there is nothing to tell of it. */
export function cellsShown({ cells = [] }: Pick<Summary, 'cells'>): readonly CellSummary[] {
  return cells.length > 1 ? cells : [];
}

/** What the figures above are of: `the base of 4 machines, memory=128 cpus=1`. */
export function baseText(summary: Pick<Summary, 'cells'>): string | undefined {
  const cells = cellsShown(summary);
  const [base] = cells;
  return base === undefined ? undefined : `the base of ${cells.length} machines, ${base.name}`;
}

/** Command lines that names have no room for: `append#2: console=ttyS0 quiet ...`. */
export function appendLegend(summary: Pick<Summary, 'cells'>): string[] {
  const lines = cellsShown(summary).flatMap(({ name, values }) => {
    const [number] = /append#\d+$/.exec(name) ?? [];
    return number === undefined || values.append === undefined ? [] : [`${number}: ${values.append}`];
  });
  return [...new Set(lines)];
}

/** A machine's figures of the whole boot, and how they stand to the base; the empty text where there is no figure. */
export interface CellTotal {
  readonly median: string;
  readonly interval: string;
  /** `+5.0 %`, `+4.4 to +5.6 %`, `<0.001`, `slower`; `base` alone for the base itself. */
  readonly shift: string;
  readonly shiftInterval: string;
  readonly p: string;
  readonly verdict: string;
}

/** A machine's row in a table of whole boots. */
export function cellTotal({ points, against }: CellSummary): CellTotal {
  const found = points.at(-1)?.statistics;
  const total = found === undefined ? { value: '-', interval: '' } : estimateText(found.median, found.interval);
  const figures = { median: total.value, interval: total.interval };
  if (against === undefined) {
    return { ...figures, shift: 'base', shiftInterval: '', p: '', verdict: '' };
  }
  const shift = against.find(({ kind }) => kind === 'point');
  return shift === undefined
    ? { ...figures, shift: '-', shiftInterval: '', p: '', verdict: '' }
    : { ...figures, ...shiftWords(shift) };
}

/** A shift, its interval, p and the verdict. */
export function shiftWords(shift: CellShift): Pick<CellTotal, 'shift' | 'shiftInterval' | 'p' | 'verdict'> {
  return shift.enough
    ? { shift: shiftText(shift), shiftInterval: intervalText(shift), p: pText(shift), verdict: shift.verdict }
    : { shift: shiftText(shift), shiftInterval: '', p: pText(shift), verdict: 'too few boots' };
}

/** The phases that stand by themselves, in the order of a boot; parts of phases are left to the report. */
export function wholePhases(summary: Pick<Summary, 'points' | 'phases'>): string[] {
  return phaseSpans(summary).flatMap(({ name, depth }) => (depth === 0 ? [name] : []));
}

/** A phase of a machine, and whether it is slower or faster than that of the base. */
export function cellPhase(
  cell: CellSummary,
  phase: string,
): { readonly median: string; readonly mark: '' | '+' | '-' } {
  const { median } = cell.phases.find(({ name }) => name === phase) ?? {};
  const verdict = cell.against?.find(({ kind, name }) => kind === 'phase' && name === phase)?.verdict;
  return {
    median: median === undefined ? '-' : estimateText(median).value,
    mark: verdict === 'slower' ? '+' : verdict === 'faster' ? '-' : '',
  };
}

/**
 * What stands against the figures of the machines besides the base: of a kind one line, with the first that has it;
 * boots that failed come first.
 */
export function cellWarnings(summary: Pick<Summary, 'cells'>): { readonly text: string; readonly isGrave: boolean }[] {
  const byKind = new Map<Warning['kind'], { cell: string; warning: Warning }[]>();
  for (const { name, warnings } of cellsShown(summary).slice(1)) {
    for (const warning of warnings) {
      byKind.set(warning.kind, [...(byKind.get(warning.kind) ?? []), { cell: name, warning }]);
    }
  }
  const told = [...byKind].flatMap(([kind, [first, ...more]]) => {
    if (first === undefined) {
      return [];
    }
    const others = more.length === 0 ? '' : `; alike with ${more.length} more`;
    const text = `${first.cell}: ${warningText(first.warning).text}${others}`;
    return [{ text, isGrave: kind === 'failed-boots' || kind === 'failed-warmup' }];
  });
  return [...told.filter(({ isGrave }) => isGrave), ...told.filter(({ isGrave }) => !isGrave)];
}

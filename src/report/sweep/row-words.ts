import { shiftWords } from '../cell-text.js';
import { estimateText } from '../estimate.js';
import { reading, WHOLE, type SweepRow } from './report.js';

/** A cell in words, for a table; the empty text where there is nothing to say. */
export interface RowWords {
  readonly name: string;
  readonly total: string;
  readonly interval: string;
  readonly shift: string;
  readonly verdict: string;
}

/** A cell's whole boot in words. */
export function rowWords(row: SweepRow): RowWords {
  const name = `${row.number}  ${row.name}`;
  const { median, interval } = reading(row, WHOLE);
  if (median === undefined) {
    return { name, total: row.status, interval: '', shift: '', verdict: '' };
  }
  const total = estimateText(median, interval);
  return { name, total: total.value, interval: total.interval, ...shiftOf(row) };
}

function shiftOf({ number, sameAs, figures }: SweepRow): Pick<RowWords, 'shift' | 'verdict'> {
  if (sameAs !== undefined) {
    return { shift: `= ${sameAs}`, verdict: '' };
  }
  const shift = figures?.against?.find(({ kind }) => kind === 'point');
  if (shift === undefined) {
    return { shift: number === 1 ? 'base' : '-', verdict: '' };
  }
  const words = shiftWords(shift);
  return { shift: words.shift, verdict: words.verdict };
}

/** A phase of a cell in words. */
export function phaseWords(row: SweepRow, phase: string): string {
  const { median } = reading(row, phase);
  return median === undefined ? '-' : estimateText(median).value;
}

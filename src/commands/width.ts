import type { Terminal } from '../ui/terminal.js';

const WIDEST = 100;
const WIDTH_OF_A_PIPE = 80;

/** Columns that figures for a person may take: those of the terminal up to 100, and 80 in a pipe, which has none. */
export function widthOf(terminal: Terminal): number {
  const columns = terminal.columns();
  return Number.isFinite(columns) ? Math.min(WIDEST, columns) : WIDTH_OF_A_PIPE;
}

import { median } from '../../measure/statistics/describe.js';
import type { History } from './history.js';

/** The level of a quantity between two of its changes. */
export interface Level {
  /** Indices of its first run and of the one after its last. */
  readonly begin: number;
  readonly end: number;
  /** Of the medians of its runs, nanoseconds. */
  readonly median: number;
}

/** The levels of a quantity: from one change at which it moved to the next. */
export function levelsOf({ runs, changes }: Pick<History, 'runs' | 'changes'>, quantity: string): Level[] {
  const moved = changes.filter(({ shifts }) => shifts.some((shift) => shift.quantity === quantity && shift.moved));
  const bounds = [0, ...moved.map(({ at }) => at), runs.length];
  return bounds.slice(1).map((end, index) => {
    const begin = bounds[index] ?? 0;
    return {
      begin,
      end,
      median: median(runs.slice(begin, end).flatMap(({ figures }) => figures[quantity]?.median ?? [])),
    };
  });
}

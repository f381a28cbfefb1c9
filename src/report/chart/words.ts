import type { Interval } from '../../measure/statistics/bootstrap.js';
import { estimateText } from '../estimate.js';

/** A figure in the description of a chart: `48.1 ms (95 % interval [47.9, 48.6])`. Nanoseconds. */
export function estimateWords(value: number, interval?: Interval): string {
  const text = estimateText(value, interval);
  return interval === undefined ? text.value : `${text.value} (95 % interval ${text.interval})`;
}

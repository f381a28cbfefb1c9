import type { ComparedRow } from '../measure/comparison/compare.js';
import { readableDuration } from '../measure/duration.js';

/** `+5.0 %`, `-0.3 %`, `+0.0 %`. */
export function signedPercent(percent: number): string {
  return `${signedNumber(percent)} %`;
}

/** `+90.1 ms`, `-12.3 us`. */
export function signedDuration(nanoseconds: number): string {
  return `${nanoseconds < 0 ? '' : '+'}${readableDuration(nanoseconds)}`;
}

/** Bounds in percent of A, or as durations where A has nothing to be a share of: `+4.4 to +5.6 %`. */
export function intervalText({ interval, percent }: Pick<ComparedRow, 'interval' | 'percent'>): string {
  return percent === undefined
    ? `${signedDuration(interval.low)} to ${signedDuration(interval.high)}`
    : `${signedNumber(percent.low)} to ${signedNumber(percent.high)} %`;
}

/** A shift in percent of A, or as a duration. */
export function shiftText({ shift, percent }: Pick<ComparedRow, 'shift' | 'percent'>): string {
  return percent === undefined ? signedDuration(shift) : signedPercent(percent.shift);
}

/** `0.031`, `<0.001`, and `-` where the estimator has none. */
export function pText({ p }: Pick<ComparedRow, 'p'>): string {
  return p === undefined ? '-' : p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** With one digit, or with two where one would hide what there is. */
function signedNumber(value: number): string {
  const size = Math.abs(value);
  const text = size.toFixed(size >= 99.95 ? 0 : size < 0.95 ? 2 : 1);
  return `${value < 0 && Number(text) !== 0 ? '-' : '+'}${text}`;
}

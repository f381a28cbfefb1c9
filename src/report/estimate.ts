import type { Interval } from '../measure/statistics/bootstrap.js';

/** A median and its interval for a person: the same unit and as many digits as the interval bears. */
export interface EstimateText {
  /** `48.1 ms` */
  readonly value: string;
  /** `[47.9, 48.6]`, in the unit of the value; the empty text without an interval. */
  readonly interval: string;
}

const UNITS = [
  { unit: 's', nanoseconds: 1e9, digits: 3 },
  { unit: 'ms', nanoseconds: 1e6, digits: 1 },
  { unit: 'us', nanoseconds: 1e3, digits: 1 },
] as const;
/** More say nothing of a boot. */
const MOST_DIGITS = 3;

/**
 * Nanoseconds as a person reads them. The unit is that of the greatest of the three, so that `0.4 ms [-1.2, 2.0]`
 * does not become microseconds.
 */
export function estimateText(value: number, interval?: Interval): EstimateText {
  const { low, high } = interval ?? { low: value, high: value };
  const size = Math.max(Math.abs(value), Math.abs(low), Math.abs(high));
  const { unit, nanoseconds, digits } = UNITS.find((one) => size >= one.nanoseconds) ?? UNITS[2];
  const places = Math.max(size >= 99.95 * nanoseconds ? 0 : digits, placesFor((high - low) / nanoseconds));
  const shown = (one: number): string => withoutSign((one / nanoseconds).toFixed(places));
  return {
    value: `${shown(value)} ${unit}`,
    interval: interval === undefined ? '' : `[${shown(low)}, ${shown(high)}]`,
  };
}

/** Decimal places that tell the two ends of an interval of this width apart. */
function placesFor(width: number): number {
  return width <= 0 ? 0 : Math.min(MOST_DIGITS, Math.max(0, Math.ceil(-Math.log10(width / 2))));
}

/** `-0.0` is read as a mistake. */
function withoutSign(text: string): string {
  return /^-[0.]+$/.test(text) ? text.slice(1) : text;
}

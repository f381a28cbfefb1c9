const FACTORS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** What the timers of Node and of the stopwatch can hold: 23 days. */
const LONGEST = 2_000_000_000;

/** Milliseconds of a recipe's duration (`500ms`, `30s`, `2m`), 1 to 2e9. The schema has checked its form. */
export function milliseconds(duration: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(duration) ?? [];
  const factor = FACTORS[unit];
  if (number === undefined || factor === undefined) {
    throw new Error(`not a duration: ${duration}`);
  }
  return Math.min(LONGEST, Math.max(1, Math.round(Number(number) * factor)));
}

const UNITS = [
  { unit: 's', nanoseconds: 1e9 },
  { unit: 'ms', nanoseconds: 1e6 },
  { unit: 'us', nanoseconds: 1e3 },
] as const;

/** Nanoseconds as a person reads them, with three or four digits: `1.234 s`, `48.1 ms`, `-12.3 us`, `0 ms`. */
export function readableDuration(nanoseconds: number): string {
  const size = Math.abs(nanoseconds);
  const { unit, nanoseconds: one } = UNITS.find((candidate) => size >= candidate.nanoseconds) ?? UNITS[2];
  if (size === 0) {
    return '0 ms';
  }
  const value = nanoseconds / one;
  const digits = unit === 's' ? 3 : Math.abs(value) >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${unit}`;
}

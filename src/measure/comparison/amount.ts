/** A difference as it is wished for: a share of A's duration, or a duration. */
export interface Amount {
  readonly value: number;
  /** `%` of A's median, or nanoseconds. */
  readonly unit: '%' | 'ns';
}

const NANOSECONDS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** The amount of a text such as `+3%`, `-0.5 %`, `2ms` or `1.5 s`; `undefined` for anything else. */
export function parseAmount(text: string): Amount | undefined {
  const [, number = '', unit = ''] = /^\s*([+-]?\d+(?:\.\d+)?)\s*(%|ns|us|ms|s)\s*$/.exec(text) ?? [];
  if (number === '') {
    return undefined;
  }
  return unit === '%'
    ? { value: Number(number), unit }
    : { value: Number(number) * (NANOSECONDS[unit] ?? 1), unit: 'ns' };
}

/**
 * What an amount comes to, in nanoseconds.
 * @param base nanoseconds that are 100 %; a share of what is not above 0 has no meaning and gives `undefined`
 */
export function inNanoseconds({ value, unit }: Amount, base: number): number | undefined {
  if (unit === 'ns') {
    return value;
  }
  // Multiplied first: 29 % of a round number of nanoseconds is one, too.
  return base > 0 ? (value * base) / 100 : undefined;
}

import { median } from '../statistics/describe.js';

/** Something that was measured, in nanoseconds. */
export type Quantity =
  /** Each boot has a value of its own. */
  | { readonly of: 'boots'; readonly series: readonly number[] }
  /** The difference of two medians, of boots that ended at its two points. */
  | { readonly of: 'medians'; readonly earlier: readonly number[]; readonly later: readonly number[] };

/** Its centre, in nanoseconds; `undefined` where no boot tells it. */
export function centre(quantity: Quantity): number | undefined {
  if (parts(quantity).some((series) => series.length === 0)) {
    return undefined;
  }
  return quantity.of === 'boots' ? median(quantity.series) : median(quantity.later) - median(quantity.earlier);
}

/** Boots that it rests on; of two series the lesser number. */
export function countOf(quantity: Quantity): number {
  return Math.min(...parts(quantity).map((series) => series.length));
}

/** Whether two are the very same boots. */
export function isSame(a: Quantity, b: Quantity): boolean {
  const [ours, theirs] = [parts(a), parts(b)];
  return ours.length === theirs.length && ours.every((series, index) => equal(series, theirs[index] ?? []));
}

function parts(quantity: Quantity): (readonly number[])[] {
  return quantity.of === 'boots' ? [quantity.series] : [quantity.earlier, quantity.later];
}

function equal(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** A source of numbers in [0, 1) that a seed determines, the same on every machine. */
export type Random = () => number;

/**
 * The generator "mulberry32" (Tommy Ettinger, public domain): 32 bits of state, enough to shuffle boots by.
 * @param seed 0 to 2^32 - 1
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A new array with the same items in an order that `random` decides; every order is equally likely (drawn without replacement). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  const order: T[] = [];
  while (rest.length > 0) {
    order.push(...rest.splice(Math.floor(random() * rest.length), 1));
  }
  return order;
}

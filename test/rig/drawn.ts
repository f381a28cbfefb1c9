import { seededRandom } from '../../src/measure/random.js';

/** Draws the durations of simulated boots, nanoseconds; the same from the same seed. */
export function drawer(seed: number): { readonly normal: () => number; readonly uniform: () => number } {
  const uniform = seededRandom(seed);
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** `n` numbers, one after the other. */
export function drawn(n: number, draw: () => number): number[] {
  return Array.from({ length: n }, draw);
}

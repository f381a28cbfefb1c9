// Simulated boots, nanoseconds, and shares of trials.

import { seededRandom } from '../../dist/measure/random.js';

const uniform = seededRandom(20_261_122);

/** A standard normal number. */
export function normal() {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Distributions with the median 100 ms. Only `rounded` has ties. */
export const DISTRIBUTIONS = {
  normal: () => Math.round(1e8 + 3e6 * normal()),
  'log-normal': () => Math.round(1e8 * Math.exp(0.3 * normal())),
  exponential: () => Math.round(1e8 + 1e7 * (-Math.log(1 - uniform()) - Math.LN2)),
  rounded: () => 1e6 * Math.round(100 + 2 * normal()),
};

/** What machines are like besides, with the median 100 ms: some boots late, some very late, two speeds that are close. */
export const NOISES = {
  'one boot in ten 10 % late': () => Math.round(1e8 * (1 + 0.01 * normal() + (uniform() < 0.1 ? 0.1 * uniform() : 0))),
  'heavy tails': () =>
    Math.round(1e8 * (1 + (0.01 * normal()) / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3))),
};

/** Distributions for the question of one mode or two. */
export const MODES = {
  even: () => Math.round(1e8 + 1e7 * uniform()),
  two: (share, distance) => () => Math.round(1e8 + 1e6 * (normal() + (uniform() < share ? 0 : distance))),
};

/** `n` boots. */
export function boots(n, draw) {
  return Array.from({ length: n }, draw);
}

/** In how many of the trials something holds, 0 to 1. */
export function shareOf(trials, holds) {
  let count = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    count += holds(trial) ? 1 : 0;
  }
  return count / trials;
}

/** `95.3 %` */
export function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

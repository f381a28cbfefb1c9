// Intervals, tests and warnings on simulated boots, whose truth is known.

import { medianInterval, medianSumInterval } from '../../dist/measure/statistics/bootstrap.js';
import { drift } from '../../dist/measure/statistics/drift.js';
import { twoModes } from '../../dist/measure/statistics/modes.js';
import { bootsNeeded } from '../../dist/measure/statistics/power.js';
import { hodgesLehmann, mannWhitney } from '../../dist/measure/statistics/rank-sum.js';
import { boots, DISTRIBUTIONS, MODES, percent, shareOf } from './draws.mjs';

const TRIALS = 2000;
const SIZES = [10, 15, 20, 21, 30, 100, 300];
const MEDIAN = 1e8;

/** Rows of the table. */
export function simulated() {
  const { rounded, ...continuous } = DISTRIBUTIONS;
  return [
    ...Object.entries(continuous).flatMap(([name, draw]) => [
      covers(`95 % interval of the median, ${name}`, (n, seed) => holds(medianOf(boots(n, draw), seed), MEDIAN)),
      covers(`95 % interval of a phase (two medians), ${name}`, (n, seed) =>
        holds(sumOf({ added: [boots(n, draw)], taken: [boots(n, draw)] }, seed), 0),
      ),
      covers(`95 % interval of a shift (Hodges-Lehmann), ${name}`, (n) =>
        holds(hodgesLehmann(boots(n, draw), boots(n, draw)), 0),
      ),
    ]),
    covers('95 % interval of a shift of phases (four medians), log-normal', (n, seed) => {
      const [a, b, c, d] = Array.from({ length: 4 }, () => boots(n, DISTRIBUTIONS['log-normal']));
      return holds(sumOf({ added: [a, b], taken: [c, d] }, seed), 0);
    }),
    atLeast('95 % interval of the median, rounded to half a deviation', (n, seed) =>
      holds(medianOf(boots(n, rounded), seed), MEDIAN),
    ),
    ...Object.entries(DISTRIBUTIONS).map(([name, draw]) =>
      falseAlarms(
        `A/A, Mann-Whitney p < 0.05, ${name}`,
        0.05,
        (n) => mannWhitney(boots(n, draw), boots(n, draw)).p < 0.05,
      ),
    ),
    falseAlarms(
      'drift of steady boots at p < 0.01',
      0.01,
      (n) => (drift(boots(n, DISTRIBUTIONS.normal))?.p ?? 1) < 0.01,
    ),
    ...Object.entries({ ...continuous, even: MODES.even }).map(([name, draw]) =>
      falseAlarms(`two modes seen in one, ${name}`, 0.01, (n) => twoModes(boots(n, draw)) !== undefined),
    ),
    ...FOUND_MODES.map(foundModes),
    ...SLOWDOWNS.map(slowdown),
  ];
}

function medianOf(series, seed) {
  return medianInterval(series, { seed, resamples: 1000 });
}

function sumOf(terms, seed) {
  return medianSumInterval(terms, { seed, resamples: 1000 });
}

function holds({ low, high }, truth) {
  return low <= truth && truth <= high;
}

/** Three standard errors of a share: what chance does to the trials themselves. */
function slack(share) {
  return 3 * Math.sqrt((share * (1 - share)) / TRIALS);
}

function shares(question) {
  return SIZES.map((n) => shareOf(TRIALS, (trial) => question(n, trial)));
}

function range(found) {
  return `${percent(Math.min(...found))} to ${percent(Math.max(...found))} (n = ${SIZES[0]} to ${SIZES.at(-1)})`;
}

function covers(claim, question) {
  const found = shares(question);
  return {
    claim,
    found: range(found),
    goal: '93 to 97 %',
    holds: found.every((share) => share >= 0.93 && share <= 0.97 + slack(0.97) / 3),
  };
}

/** Ties make intervals longer than they need be, never shorter. */
function atLeast(claim, question) {
  const found = shares(question);
  return { claim, found: range(found), goal: 'at least 93 %', holds: found.every((share) => share >= 0.93) };
}

function falseAlarms(claim, most, question) {
  const found = shares(question);
  return {
    claim,
    found: range(found),
    goal: `at most ${percent(most)}, and chance`,
    holds: found.every((share) => share <= most + slack(most)),
  };
}

const FOUND_MODES = [
  { share: 0.5, distance: 5, n: 100, least: 0.9 },
  { share: 0.8, distance: 5, n: 200, least: 0.9 },
  { share: 0.8, distance: 8, n: 50, least: 0.9 },
  { share: 0.5, distance: 4, n: 200, least: 0.9 },
  { share: 0.5, distance: 3, n: 1000, least: 0.5 },
];

function foundModes({ share, distance, n, least }) {
  const found = shareOf(400, () => twoModes(boots(n, MODES.two(share, distance))) !== undefined);
  const parts = `${percent(share).replace('.0', '')} and ${percent(1 - share).replace('.0', '')}`;
  return {
    claim: `two modes of ${parts}, ${distance} deviations apart, found in ${n} boots`,
    found: percent(found),
    goal: `at least ${percent(least)}`,
    holds: found >= least,
  };
}

/** Such that it takes some hundred boots at most. */
const SLOWDOWNS = [
  { name: 'normal', difference: 0.02 },
  { name: 'log-normal', difference: 0.1 },
  { name: 'exponential', difference: 0.03 },
];

/** Each trial asks 30 boots how many it takes, and then takes that many. */
function slowdown({ name, difference }) {
  const draw = DISTRIBUTIONS[name];
  const sizes = [];
  const found = shareOf(400, () => {
    const n = bootsNeeded(boots(30, draw), difference);
    sizes.push(n);
    return (
      hodgesLehmann(
        boots(n, draw),
        boots(n, () => Math.round(draw() * (1 + difference))),
      ).low > 0
    );
  });
  const typical = sizes.sort((a, b) => a - b)[sizes.length >> 1];
  return {
    claim: `${difference * 100} % slower, found with as many boots as it is said to take (${typical} mostly, by 30 boots), ${name}`,
    found: percent(found),
    goal: 'at least 95 %',
    holds: found >= 0.95,
  };
}

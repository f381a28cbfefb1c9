// Intervals, tests and warnings on simulated boots, whose truth is known.

import { medianInterval, medianSumInterval } from '../../dist/measure/statistics/bootstrap.js';
import { drift } from '../../dist/measure/statistics/drift.js';
import { twoModes } from '../../dist/measure/statistics/modes.js';
import { outliers } from '../../dist/measure/statistics/outliers.js';
import { hodgesLehmann, mannWhitney } from '../../dist/measure/statistics/rank-sum.js';
import { bootsToSee, calibratedRows } from '../../dist/measure/calibration.js';
import { compareArms } from '../../dist/measure/comparison/compare.js';
import { series as seriesOf } from '../../dist/measure/samples.js';
import { warningsOf } from '../../dist/report/find-warnings.js';
import { armOf, options, together, verdictOf } from './arms.mjs';
import { boots, DISTRIBUTIONS, MODES, NOISES, percent, shareOf } from './draws.mjs';

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
    ...warnings(),
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

/** Differences such that they take some hundred boots at most. */
const SLOWDOWNS = [
  { name: 'normal', draw: DISTRIBUTIONS.normal, difference: 0.02 },
  { name: 'log-normal', draw: DISTRIBUTIONS['log-normal'], difference: 0.1 },
  { name: 'exponential', draw: DISTRIBUTIONS.exponential, difference: 0.03 },
  ...Object.entries(NOISES).map(([name, draw]) => ({ name, draw, difference: 0.02 })),
  { name: 'normal, few boots', draw: DISTRIBUTIONS.normal, difference: 0.05 },
];

/** Each trial calibrates with 30 boots a side, and then compares with as many as that advises. */
function slowdown({ name, draw, difference }) {
  const sizes = [];
  const found = shareOf(400, (trial) => {
    const same = { a: armOf(boots(30, draw)), b: armOf(boots(30, draw)) };
    const [total] = calibratedRows(compareArms(same.a, same.b, options(trial)), together(same), trial);
    const n = bootsToSee(total, difference);
    sizes.push(n);
    const slower = boots(n, () => Math.round(draw() * (1 + difference)));
    return verdictOf(armOf(boots(n, draw)), armOf(slower), trial) === 'slower';
  });
  const typical = sizes.sort((a, b) => a - b)[sizes.length >> 1];
  return {
    claim: `${difference * 100} % slower, called so by compare with the boots that calibrate advises (${typical} a side mostly), ${name}`,
    found: percent(found),
    goal: 'at least 95 %',
    holds: found >= 0.95,
  };
}

/** Of boots that nothing is wrong with, on a quiet host. */
const WARNED_SIZES = [10, 20, 30, 60, 200];
const POINTS = ['firmware', 'kernel', 'user-space', 'init'];
const QUIET = { probe: { accelerator: 'kvm' }, host: { load: [0], processors: 2 }, scheduling: {} };

/** The statistical warnings of `bootlap run`, each kind by itself. */
function warnings() {
  return ['exit', 'trace'].map((method) => {
    const kinds = new Map();
    for (const [n, draw] of WARNED_SIZES.flatMap((size) => Object.values(WARNED).map((each) => [size, each]))) {
      for (let trial = 0; trial < 200; trial += 1) {
        warningsIn(
          POINTS.map(() => boots(n, draw)),
          method,
        ).forEach((kind) => kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
      }
    }
    const trials = 200 * WARNED_SIZES.length * Object.keys(WARNED).length;
    const worst = Math.max(0, ...kinds.values()) / trials;
    return {
      claim: `a run of steady boots is warned of drift, slow first boots, two modes or outliers, ${method}`,
      found: [...kinds].map(([kind, count]) => `${kind} ${percent(count / trials)}`).join(', '),
      goal: 'at most 1.0 % each',
      holds: worst <= 0.01,
    };
  });
}

/** Not those of which a tenth is late: that is a group of its own, and to be warned of. */
const { normal, exponential, 'log-normal': logNormal } = DISTRIBUTIONS;
const WARNED = { normal, exponential, logNormal, even: MODES.even, heavy: NOISES['heavy tails'] };

function warningsIn(series, method) {
  const samples = method === 'exit' ? endedSamples(series) : tracedSamples(series);
  const points = POINTS.map((name) => ({ name, statistics: pointStatistics(seriesOf(samples, name, method)) }));
  const evidence = { boots: { failed: 0, warmupFailed: 0 }, points, samples };
  return warningsOf({ ...evidence, record: { ...QUIET, method, plan: { warmup: 2 } } })
    .map(({ kind }) => kind)
    .filter((kind) => kind !== 'few-boots');
}

function endedSamples(series) {
  return series.flatMap((durations, index) =>
    durations.map((ns) => ({ method: 'exit', point: POINTS[index], outcome: 'reached', elapsedNs: String(ns) })),
  );
}

/** What is drawn are the phases: a point comes after those before it. */
function tracedSamples([first, ...others]) {
  return first.map((_, boot) => {
    let at = 0;
    const stamps = [first, ...others].map((durations, index) => [POINTS[index], String((at += durations[boot]))]);
    return { method: 'trace', point: POINTS.at(-1), outcome: 'reached', markersNs: Object.fromEntries(stamps) };
  });
}

/** As far as warnings go by it; the interval is one that is never too wide. */
function pointStatistics(durations) {
  const standing = outliers(durations).filter(Boolean).length;
  return { n: durations.length, median: MEDIAN, interval: { low: MEDIAN, high: MEDIAN }, outliers: standing };
}

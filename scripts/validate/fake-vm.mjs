// A fake VM of known delays behind the real stopwatch.

import { join } from 'node:path';
import { bootsToSee, calibratedRows } from '../../dist/measure/calibration.js';
import { compareArms } from '../../dist/measure/comparison/compare.js';
import { interleavedPlan } from '../../dist/measure/interleaved-plan.js';
import { median } from '../../dist/measure/statistics/describe.js';
import { top } from '../set-up/place.mjs';
import { armWith, options, POINT, together, verdictOf } from './arms.mjs';
import { normal, percent } from './draws.mjs';
import { compiled, stopwatch } from './stopwatch.mjs';

const ROUNDS = 60;
/** Nanoseconds: where the fake's two points are. */
const [FIRST, SECOND] = [20e6, 30e6];

/** Rows of the table. */
export async function fakeVm(folder) {
  const time = await stopwatch(folder);
  const program = await compiled([join(top, 'scripts', 'validate', 'fake-vm.c')], join(folder, 'fake-vm'));
  const fake = (mode, delays, further) =>
    time(program, [mode, ...delays.map((delay) => String(Math.round(delay)))], further);
  return [...(await recovered(fake)), await slowdown(fake)];
}

async function recovered(fake) {
  const durations = { empty: [], first: [], second: [], markers: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    durations.empty.push(Number((await fake('exit', [0])).elapsedNs));
    durations.first.push(Number((await fake('exit', [FIRST])).elapsedNs));
    durations.second.push(Number((await fake('exit', [SECOND])).elapsedNs));
    const { markers } = await fake('trace', [FIRST, SECOND], { markers: { count: 2, endAt: { marker: 1, byte: 1 } } });
    durations.markers.push(Number(markers[1].ns - markers[0].ns));
  }
  const [empty, first, second, phase] = Object.values(durations).map((series) => median(series));
  return [
    within('exit: a point, less an empty boot', first - empty, FIRST),
    within('exit: the phase between two points', second - first, SECOND - FIRST),
    within('trace: the phase between two markers', phase, SECOND - FIRST),
  ];
}

function within(what, found, truth) {
  const off = (found - truth) / 1e6;
  return {
    claim: `fake VM, ${what}: ${truth / 1e6} ms (median of ${ROUNDS})`,
    found: `off by ${off.toFixed(4)} ms`,
    goal: 'within 0.1 ms',
    holds: Math.abs(off) < 0.1,
  };
}

const TRIALS = 40;
/** Of a boot's duration, as a share of it. */
const SPREAD = 0.015;
const BOOT = 8e6;
const DIFFERENCE = 0.02;
/** Of each side, as a recipe has them. */
const CALIBRATION_BOOTS = 30;
/** More are a matter of hours, and of a host that has no quiet moment. */
const MOST = 400;

/** As a user would: calibrate, and then compare A and B with as many boots as that advises. */
async function slowdown(fake) {
  const bootOnce = async (times) => (await fake('exit', [BOOT * times * (1 + SPREAD * normal())])).elapsedNs;
  const same = await measuredArms(bootOnce, { boots: CALIBRATION_BOOTS, seed: 1, slower: 1 });
  const [total] = calibratedRows(compareArms(same.a, same.b, options(1)), together(same), 1);
  const n = bootsToSee(total, DIFFERENCE);
  const claim = `fake VM, 2 % slower, called so by compare with the ${n} boots a side that calibrate advises (${TRIALS} trials)`;
  const goal = 'at least 95 %';
  if (n > MOST) {
    return { claim, found: 'not tried: this host is too busy', goal, holds: false };
  }
  // Of all that is measured, of which the fake's own delay is a part.
  const slower = 1 + (DIFFERENCE * total.median) / BOOT;
  let found = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const { a, b } = await measuredArms(bootOnce, { boots: n, seed: 100 + trial, slower });
    found += verdictOf(a, b, trial) === 'slower' ? 1 : 0;
  }
  return { claim, found: percent(found / TRIALS), goal, holds: found / TRIALS >= 0.95 };
}

/** Boots of both sides in interleaved blocks, in the order of a comparison. */
async function measuredArms(bootOnce, { boots, seed, slower }) {
  const request = { method: 'exit', points: [POINT], boots, warmup: 1, seed };
  const samples = [];
  for (const planned of interleavedPlan([
    { mark: { arm: 'a' }, request },
    { mark: { arm: 'b' }, request },
  ])) {
    const elapsedNs = String(await bootOnce(planned.arm === 'b' ? slower : 1));
    samples.push({ ...planned, outcome: 'reached', elapsedNs });
  }
  const armOf = (arm) => armWith(samples.filter((sample) => sample.arm === arm));
  return { a: armOf('a'), b: armOf('b') };
}

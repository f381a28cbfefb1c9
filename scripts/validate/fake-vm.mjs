// A fake VM of known delays behind the real stopwatch.

import { join } from 'node:path';
import { median } from '../../dist/measure/statistics/describe.js';
import { bootsNeeded } from '../../dist/measure/statistics/power.js';
import { hodgesLehmann } from '../../dist/measure/statistics/rank-sum.js';
import { top } from '../set-up/place.mjs';
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
/** More are a matter of hours, and of a host that has no quiet moment. */
const MOST = 400;

/** As a user would: 30 boots tell how many it takes, then that many of A and of B, in turn. */
async function slowdown(fake) {
  const durationOf = async (times) => {
    const delay = BOOT * times * (1 + SPREAD * normal());
    return Number((await fake('exit', [delay])).elapsedNs);
  };
  const pilot = [];
  for (let round = 0; round < 30; round += 1) {
    pilot.push(await durationOf(1));
  }
  const n = bootsNeeded(pilot, 0.02);
  const claim = `fake VM, 2 % slower, found with the ${n} boots of each that it is said to take (${TRIALS} trials)`;
  const goal = 'at least 95 %';
  if (n > MOST) {
    return { claim, found: 'not tried: this host is too busy', goal, holds: false };
  }
  // Of all that is measured, of which the fake's own delay is a part.
  const slower = 1 + (0.02 * median(pilot)) / BOOT;
  const found = await countFound(durationOf, { n, slower });
  return { claim, found: percent(found / TRIALS), goal, holds: found / TRIALS >= 0.95 };
}

async function countFound(durationOf, { n, slower }) {
  let found = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const [a, b] = [[], []];
    for (let round = 0; round < n; round += 1) {
      a.push(await durationOf(1));
      b.push(await durationOf(slower));
    }
    found += hodgesLehmann(a, b).low > 0 ? 1 : 0;
  }
  return found;
}

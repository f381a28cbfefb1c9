// Real A/A comparisons: the tiny guest of the tests in QEMU without KVM, compared with itself.

import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, shuffled } from '../../dist/measure/random.js';
import { hodgesLehmann, mannWhitney } from '../../dist/measure/statistics/rank-sum.js';
import { findProgram } from '../../dist/system/distribution.js';
import { top } from '../set-up/place.mjs';
import { percent } from './draws.mjs';
import { stopwatch } from './stopwatch.mjs';

const QEMU = 'qemu-system-x86_64';
const COMPARISONS = 40;
const BOOTS = 20;
/** Share of the median below which a difference is of no practical worth, as in `bootlap compare`. */
const PRACTICAL = 0.01;

/** Rows of the table. */
export async function guest(folder) {
  const time = await stopwatch(folder);
  const firmware = assembled(folder);
  const random = seededRandom(7);
  const hypervisor = findProgram(QEMU);
  if (hypervisor === undefined) {
    throw new Error(`there is no ${QEMU}`);
  }
  const durationOf = async () => Number((await time(hypervisor, argumentsFor(firmware))).elapsedNs);
  await durationOf();
  const results = [];
  for (let comparison = 0; comparison < COMPARISONS; comparison += 1) {
    results.push(await compareWithItself(durationOf, random));
  }
  return rows(results);
}

/** In blocks of one boot each, in a random order. */
async function compareWithItself(durationOf, random) {
  const series = { a: [], b: [] };
  for (let block = 0; block < BOOTS; block += 1) {
    for (const arm of shuffled(['a', 'b'], random)) {
      series[arm].push(await durationOf());
    }
  }
  const { shift, low, high } = hodgesLehmann(series.a, series.b);
  const bound = PRACTICAL * [...series.a].sort((x, y) => x - y)[BOOTS >> 1];
  const isClear = low > 0 || high < 0;
  return { p: mannWhitney(series.a, series.b).p, isClear, isCalled: isClear && Math.abs(shift) > bound };
}

function rows(results) {
  const count = (holds) => results.filter(holds).length;
  const called = count(({ isCalled }) => isCalled);
  const clear = count(({ isClear }) => isClear);
  const small = count(({ p }) => p < 0.5);
  return [
    {
      claim: `tiny guest compared with itself, ${COMPARISONS} times ${BOOTS} boots of each: a difference is called`,
      found: `${called} of ${COMPARISONS} (${percent(called / COMPARISONS)})`,
      goal: 'at most 5 %',
      holds: called <= 0.05 * COMPARISONS,
    },
    {
      claim: 'the same: the 95 % interval of the shift is clear of 0',
      found: `${clear} of ${COMPARISONS} (p < 0.5 in ${small})`,
      goal: 'at most 5 of 40: 5 %, and chance',
      holds: clear <= 5,
    },
  ];
}

function assembled(folder) {
  copyFileSync(join(top, 'test', 'rig', 'guest', 'guest.S'), join(folder, 'guest.S'));
  writeFileSync(join(folder, 'program.inc'), '    write 0xf4, 1\n');
  const run = (tool, ...args) => execFileSync(tool, args, { cwd: folder });
  run('as', '--32', '-I', folder, 'guest.S', '-o', 'guest.o');
  run('ld', '-m', 'elf_i386', '-Ttext', '0', '-e', 'start', '-o', 'guest.elf', 'guest.o');
  run('objcopy', '-O', 'binary', '-j', '.text', 'guest.elf', 'guest.bin');
  return join(folder, 'guest.bin');
}

function argumentsFor(firmware) {
  const quiet = ['-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'none', '-monitor', 'none'];
  const exit = ['-device', 'isa-debug-exit,iobase=0xf4,iosize=1'];
  return ['-accel', 'tcg', '-machine', 'pc', '-m', '64', ...quiet, '-no-reboot', '-bios', firmware, ...exit];
}

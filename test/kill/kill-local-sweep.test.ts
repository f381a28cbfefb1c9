import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/measure/random.js';
import type { Sample } from '../../src/measure/samples.js';
import { builtCli } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { SweepPlace } from '../rig/sweep-place.js';

/** `npm run test:kill` asks for 120, of which a sixth is for sweeps; the short form in `npm test` makes do with fewer. */
const KILLS = Math.ceil(Number(process.env['BOOTLAP_KILLS'] ?? 24) / 6);
const SEED = Number(process.env['BOOTLAP_KILL_SEED'] ?? Date.now() % 1_000_000);
const CELLS = 5;
/** Points times boots, those of the warm-up among them. */
const BOOTS = 2 * (6 + 1);

const folder = temporaryFolders();

test(`a sweep that is killed ${KILLS} times at random instants and attached again measures every cell, and keeps each boot once (seed ${SEED})`, async () => {
  const place = new SweepPlace(folder(), 'together: 3\nmatrix: { machine.memory: [64, 128, 192, 256, 320] }');
  const random = seededRandom(SEED);
  let words = ['cells.yaml'];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await killAfter(place, words, 300 + random() * 2500);
    words = sweepsOf(place).length > 0 ? ['--attach', 'latest'] : words;
  }
  const { status, stderr } = await place.call(...words);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(sweepsOf(place)).toHaveLength(1);
  expect(place.report().cells.map((cell) => cell.status)).toEqual(Array(CELLS).fill('measured'));
  for (let number = 1; number <= CELLS; number += 1) {
    const samples = place
      .file(`cells/${number}/samples.ndjson`)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Sample);
    expect(samples).toHaveLength(BOOTS);
    expect(new Set(samples.map(({ boot }) => boot)).size).toBe(BOOTS);
  }
  const outcomes = readdirSync(join(place.base, 'w', 'sweeps', 'latest', 'outcomes')).filter((name) =>
    name.startsWith('cell-'),
  );
  outcomes.forEach((name) => expect(() => JSON.parse(place.file(`outcomes/${name}`)) as unknown).not.toThrow());
  // Two sessions with the base in each, and the probes; a kill costs the boots that were under way, and no more.
  const needed = (CELLS + 1) * BOOTS + CELLS * 2;
  const made = readFileSync(join(place.base, 'booted'), 'utf8').trim().split('\n').length;
  console.log(`kill sweep: ${KILLS} kills, ${made - needed} of ${needed} boots made once more`);
  expect(made).toBeGreaterThanOrEqual(needed);
  expect(made).toBeLessThanOrEqual(needed + KILLS * 2);
}, 3_600_000);

function sweepsOf({ base }: SweepPlace): string[] {
  try {
    return readdirSync(join(base, 'w', 'sweeps')).filter((name) => /^\d{8}T/.test(name));
  } catch {
    return [];
  }
}

/** Kills bootlap alone, as the out-of-memory killer would: what it has started lives on. */
async function killAfter({ base }: SweepPlace, words: readonly string[], milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, [builtCli, 'sweep', ...words, '--workspace', 'w'], {
    cwd: base,
    stdio: 'ignore',
  });
  const exit = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  await exit;
  clearTimeout(timer);
}

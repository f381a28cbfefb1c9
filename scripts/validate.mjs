#!/usr/bin/env node
/**
 * `npm run validate [part...]`: shows that the figures can be trusted. Each claim is tried out where the truth is known:
 * on simulated boots, on a fake VM of known delays behind the real stopwatch, and on a tiny guest that is compared with
 * itself. Parts: `simulated`, `fake`, `guest`; all of them take about five minutes. Status 1 when a claim does not hold.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideBuild } from './set-up/build.mjs';

const PARTS = {
  simulated: async () => (await import('./validate/simulated.mjs')).simulated(),
  fake: async (folder) => (await import('./validate/fake-vm.mjs')).fakeVm(folder),
  guest: async (folder) => (await import('./validate/guest.mjs')).guest(folder),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`There is no part "${unknown.join(', ')}"; there are: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}
const status = await provideBuild();
process.exitCode = status === 0 ? await validate() : status;

async function validate() {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-validate-'));
  const rows = [];
  try {
    for (const [name, part] of Object.entries(PARTS)) {
      if (wanted.length === 0 || wanted.includes(name)) {
        console.error(`validate: ${name}`);
        rows.push(...(await part(folder).catch((error) => [brokenOff(name, error)])));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  print(rows);
  return rows.every(({ holds }) => holds) ? 0 : 1;
}

/** What the other parts found is shown all the same. */
function brokenOff(name, error) {
  console.error(error);
  return { claim: name, found: 'broken off', goal: 'all of it', holds: false };
}

function print(rows) {
  console.log('| claim | found | wanted | holds |\n|---|---|---|---|');
  for (const { claim, found, goal, holds } of rows) {
    console.log(`| ${claim} | ${found} | ${goal} | ${holds ? 'yes' : 'NO'} |`);
  }
}

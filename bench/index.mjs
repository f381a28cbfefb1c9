#!/usr/bin/env node
// `npm run bench [name...]`: how bootlap compares with its rivals, each pair timed in the same run.
// Needs what `npm start` needs, and nginx for `sharedRestore`. Works in a temporary folder ($BENCH_FOLDER keeps it);
// takes about 20 minutes.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedRun } from './cached-run.mjs';
import { cold } from './cold.mjs';
import { patchEdit } from './patch-edit.mjs';
import { sharedRestore } from './shared-restore.mjs';
import { sweepPlan } from './sweep-plan.mjs';
import { switchBack } from './switch-back.mjs';
import { unpack } from './unpack.mjs';

/** In this order: `cold` makes the two trees that the others use; `sharedRestore` and `sweepPlan` have their own. */
const BENCHES = { cold, unpack, cachedRun, patchEdit, switchBack, sharedRestore, sweepPlan };

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join(', ')}"; there are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}

const kept = process.env.BENCH_FOLDER;
const folder = kept ?? mkdtempSync(join(tmpdir(), 'bootlap-bench-'));
mkdirSync(folder, { recursive: true });
const rows = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length === 0 || names.includes(name)) {
    console.log(`\n== ${name}`);
    rows.push(...(await bench(folder)));
  }
}
if (kept === undefined) {
  rmSync(folder, { recursive: true });
}

console.log('\n| what | bootlap | rival | ratio | goal | met |\n|---|---|---|---|---|---|');
for (const { what, ours, theirs, rival, goal, met } of rows) {
  const ratio = theirs === undefined ? '' : `${(ours / theirs).toFixed(2)}x`;
  const other = theirs === undefined ? '' : `${rival}: ${seconds(theirs)}`;
  console.log(`| ${what} | ${seconds(ours)} | ${other} | ${ratio} | ${goal} | ${met ? 'yes' : 'NO'} |`);
}

function seconds(value) {
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}

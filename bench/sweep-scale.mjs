// `npm run sweep-scale [cells]`: carries a sweep through whose VM is there at once, and says what it took.
// Works in a temporary folder ($BENCH_FOLDER keeps it). 10,000 cells take about half an hour.

import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './places.mjs';
import { makeSweepPlace } from './sweep-place.mjs';
import { watched } from './timing.mjs';

const cells = Number(process.argv[2] ?? 10_000);
const kept = process.env.BENCH_FOLDER;
const folder = kept ?? mkdtempSync(join(tmpdir(), 'bootlap-scale-'));
makeSweepPlace(folder, cells);
const rows = [
  await timed('planning', ['sweep', 'cells.yaml', '--dry-run']),
  await timed('the sweep', ['sweep', 'cells.yaml']),
  await timed('attach, when all is done', ['sweep', '--attach', 'latest']),
  await timed('status', ['sweep', 'status', 'latest']),
  await timed('cache gc', ['cache', 'gc', '--max-size', '1T']),
];
console.log(`\n${cells} cells\n\n| what | seconds | processor | peak memory |\n|---|---|---|---|`);
for (const { what, seconds, processor, megabytes } of rows) {
  console.log(`| ${what} | ${seconds.toFixed(1)} | ${processor.toFixed(1)} | ${megabytes.toFixed(0)} MB |`);
}
console.log('\n| files in | number | size |\n|---|---|---|');
const workspace = join(folder, 'workspace');
for (const name of readdirSync(workspace)) {
  const { files, bytes } = content(join(workspace, name));
  console.log(`| ${name} | ${files} | ${(bytes / 1e6).toFixed(1)} MB |`);
}
const sweep = join(workspace, 'sweeps', 'latest');
for (const name of ['plan.json', 'sweep.json', 'sweep.csv', 'sweep.md', 'sweep.html']) {
  console.log(`| ${name} | | ${(lstatSync(join(sweep, name)).size / 1e6).toFixed(1)} MB |`);
}
if (kept === undefined) {
  rmSync(folder, { recursive: true });
}

async function timed(what, words) {
  const cli = join(root, 'dist', 'bin', 'cli.js');
  const used = await watched([cli, ...words, '--workspace', join(folder, 'workspace')], { cwd: folder });
  console.log(`${what}: ${used.seconds.toFixed(1)} s`);
  return { what, ...used };
}

function content(path) {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) {
    return { files: 1, bytes: stat.size };
  }
  return readdirSync(path).reduce(
    (sum, name) => {
      const { files, bytes } = content(join(path, name));
      return { files: sum.files + files, bytes: sum.bytes + bytes };
    },
    { files: 0, bytes: 0 },
  );
}

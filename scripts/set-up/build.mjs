/** The TypeScript build: src/ to dist/. */

import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { STATUS, top } from './place.mjs';
import { digestOf, fileState, readStamp, writeStamp } from './stamp.mjs';

const stampFile = join(top, 'dist', '.build.json');

/** Compiles when a source or an option changed since the last build. Returns an exit status. */
export async function provideBuild() {
  const inputs = inputFiles();
  const state = inputs.map((path) => `${path} ${fileState(path)}`).join('\n');
  const stamp = readStamp(stampFile);
  if (stamp?.state === state) {
    return STATUS.done;
  }
  const digest = await digestOf(inputs);
  if (stamp?.digest !== digest && !(await compile(inputs))) {
    return STATUS.failed;
  }
  writeStamp(stampFile, { state, digest });
  return STATUS.done;
}

/** Everything that decides what comes out. */
function inputFiles() {
  const entries = readdirSync(join(top, 'src'), { recursive: true, withFileTypes: true });
  const sources = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  const files = sources.map((entry) => join(entry.parentPath, entry.name)).sort();
  return [...files, ...['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(top, name))];
}

async function compile(inputs) {
  const { spawnSync } = await import('node:child_process');
  console.error('bootlap: compiling TypeScript');
  rmSync(stampFile, { force: true });
  const compiler = join(top, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: top,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    return false;
  }
  removeOrphans(inputs);
  makeExecutable(join(top, 'dist', 'cli.js'));
  return true;
}

/** Removes what was compiled from sources that are gone. */
function removeOrphans(inputs) {
  const modules = new Set(inputs.map((path) => path.slice(join(top, 'src').length).replace(/\.ts$/, '')));
  for (const file of filesBelow(join(top, 'dist'))) {
    const module = file.slice(join(top, 'dist').length).replace(/(\.d\.ts|\.js)$/, '');
    if (/\.(d\.ts|js)$/.test(file) && !modules.has(module)) {
      rmSync(file);
    }
  }
}

function filesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function makeExecutable(file) {
  if (existsSync(file)) {
    chmodSync(file, 0o755);
  }
}

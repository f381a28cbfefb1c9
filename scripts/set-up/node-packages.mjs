/** The npm packages, exactly as the lock file has them. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATUS, top } from './place.mjs';
import { digestOf, fileState, readStamp, writeStamp } from './stamp.mjs';

const lock = join(top, 'package-lock.json');
const installed = join(top, 'node_modules', '.package-lock.json');
const stampFile = join(top, 'node_modules', '.cache', 'bootlap', 'packages.json');

/** Runs `npm ci` when node_modules is missing or is not what the lock file says. Returns an exit status. */
export async function provideNodePackages() {
  const stamp = existsSync(installed) ? readStamp(stampFile) : undefined;
  const state = fileState(lock);
  if (stamp !== undefined && stamp.state === state) {
    return STATUS.done;
  }
  const digest = await digestOf([lock]);
  if (stamp?.digest !== digest && !isInstalled() && !(await install())) {
    return STATUS.failed;
  }
  writeStamp(stampFile, { state, digest });
  return STATUS.done;
}

/** Tells whether somebody has installed what the lock file says already: npm keeps a lock file of what is there. */
function isInstalled() {
  const [wanted, there] = [lock, installed].map((path) => readJson(path)?.packages ?? {});
  const required = Object.entries(wanted).filter(([path, entry]) => path !== '' && !entry.optional);
  return required.length > 0 && required.every(([path, entry]) => isSame(entry, there[path]));
}

function isSame(wanted, there) {
  return there?.version === wanted.version && there?.integrity === wanted.integrity;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

async function install() {
  const { spawnSync } = await import('node:child_process');
  console.error('bootlap: installing npm packages from the lock file');
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const [program, ...first] = npmCommand();
  const { status } = spawnSync(program, [...first, ...options], { cwd: top, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error('bootlap: npm ci failed; see above. It needs the package registry.');
  }
  return status === 0;
}

/** npm tells the scripts that it starts where it is itself. */
function npmCommand() {
  const path = process.env.npm_execpath;
  return path?.endsWith('.js') ? [process.execPath, path] : ['npm'];
}

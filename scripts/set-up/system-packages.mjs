/** Whether all system packages are known to be there; when not, set-up/missing-packages.mjs sees to it. */

import { join } from 'node:path';
import { STATUS, top } from './place.mjs';
import { programPath } from './program.mjs';
import { fileState, readStamp, writeStamp } from './stamp.mjs';

const stampFile = join(top, 'node_modules', '.cache', 'bootlap', 'system.json');

/**
 * Sees to it that every need of these sets is met. Returns an exit status: "host not fit" when something is missing
 * and may not or cannot be installed.
 */
export async function provideSystemPackages(sets) {
  if (stillHolds(readStamp(stampFile), sets)) {
    return STATUS.done;
  }
  const { provideMissingPackages } = await import('./missing-packages.mjs');
  return provideMissingPackages(sets);
}

/**
 * Remembers that all is there, as long as no package is installed or removed and the programs stay where they are.
 * Called last, because node_modules, which holds the stamp, is made anew by `npm ci`.
 */
export async function rememberSystemPackages(asked) {
  const stamp = readStamp(stampFile);
  if (stillHolds(stamp, asked)) {
    return STATUS.done;
  }
  const sets = [...new Set([...(stillHolds(stamp, []) ? stamp.sets : []), ...asked])];
  const { needsFile, needsOf, readNeeds } = await import('./needs.mjs');
  const list = readNeeds();
  const programs = needsOf(sets, list).flatMap(({ program }) => (program === undefined ? [] : [program]));
  writeStamp(stampFile, {
    sets,
    programs: programs.map((name) => [name, programState(name)]),
    files: [needsFile, ...list.databases].map((path) => [path, fileState(path)]),
  });
  return STATUS.done;
}

function stillHolds(stamp, sets) {
  return (
    stamp?.sets !== undefined &&
    sets.every((name) => stamp.sets.includes(name)) &&
    stamp.files.every(([path, state]) => fileState(path) === state) &&
    stamp.programs.every(([name, state]) => programState(name) === state)
  );
}

function programState(name) {
  const path = programPath(name);
  return path === undefined ? null : `${path} ${fileState(path)}`;
}

/** What the machine has to have (configs/host-needs.json), and what of it is missing. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { top } from './place.mjs';
import { programPath } from './program.mjs';

/** The file that lists the needs. */
export const needsFile = join(top, 'configs', 'host-needs.json');

/** The list as it is in the file. */
export function readNeeds() {
  return JSON.parse(readFileSync(needsFile, 'utf8'));
}

/** The needs that belong to one of these sets. */
export function needsOf(sets, { needs }) {
  return needs.filter((need) => need.sets.some((name) => sets.includes(name)));
}

/** The needs that are not met. What a missing compiler would have to tell counts as missing too. */
export function missingNeeds(needs) {
  const scratch = mkdtempSync(join(tmpdir(), 'bootlap-set-up-'));
  try {
    return needs.filter((need) => !isMet(need, scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function isMet(need, scratch) {
  if (need.program !== undefined) {
    return programPath(need.program) !== undefined;
  }
  return need.pkgConfig === undefined ? compiles(need.compile, scratch) : isPackaged(need.pkgConfig);
}

function isPackaged(library) {
  return spawnSync('pkg-config', ['--exists', library]).status === 0;
}

/** Compiles and links: only that tells that headers and libraries are there, and for the right kind of machine. */
function compiles({ code, flags = [] }, scratch) {
  const options = ['-x', 'c', '-', '-o', join(scratch, 'program'), ...flags];
  return spawnSync('gcc', options, { input: code, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
}

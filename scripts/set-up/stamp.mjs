/**
 * Stamps: small JSON files that say what a piece of set-up was made from, so that it is skipped when nothing changed.
 * Skipping has to cost next to nothing, so modules that only the work itself needs are imported where it is done.
 */

import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Goes up when what any stamp holds changes, so that an older clone's are not misread. */
const FORM = 1;

/** A stamp's content, or `undefined` where there is none, or it is torn or of another form. */
export function readStamp(file) {
  try {
    const stamp = JSON.parse(readFileSync(file, 'utf8'));
    return stamp?.form === FORM ? stamp : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a stamp in one rename, so that a kill leaves the old one or the new one. */
export function writeStamp(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify({ form: FORM, ...content }));
  renameSync(`${file}.${process.pid}`, file);
}

/** What tells a file's versions apart without reading it; `null` where there is none. */
export function fileState(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.size} ${stat.mtimeMs} ${stat.ino}`;
}

/** The SHA-256 of the bytes of files, with their names. */
export async function digestOf(paths) {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for (const path of paths) {
    const bytes = readFileSync(path);
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

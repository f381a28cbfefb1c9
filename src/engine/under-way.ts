import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonIfThere, remove, writeFileAtomically } from '../system/files.js';

/** In the folder of unfinished work while somebody is at it; a name with a dot is none of a step's. */
const NOTE = '.under-way.json';

/**
 * Notes which files work is begun with, for whoever finds it unfinished. Gives `doubtful` where the work that is there
 * was ended by a kill and the files were written since it was begun: then part of it may be made from other bytes,
 * whatever they hold now. Throws system errors.
 * @param files label -> absolute path
 */
export function beginWork(folder: string, files: Readonly<Record<string, string>>): 'sound' | 'doubtful' {
  const path = join(folder, NOTE);
  const now = JSON.stringify(Object.entries(files).map(([label, file]) => [label, stampOf(file)]));
  const before = readJsonIfThere(path);
  if (before !== undefined && JSON.stringify(before) !== now) {
    return 'doubtful';
  }
  if (before === undefined && Object.keys(files).length > 0) {
    writeFileAtomically(path, now);
  }
  return 'sound';
}

/** Notes that the files are as they were all the while: what was made so far is made from them. Throws system errors. */
export function endWork(folder: string): void {
  remove(join(folder, NOTE));
}

/** What changes with each write. */
function stampOf(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
}

import type { BundleProblem } from '../../core/failures/bundle.js';
import type { ReadTarEntry } from '../../system/tar-reader.js';
import { isPlainName } from '../plain-name.js';

/** A bundle's files by their path below the top folder. */
export interface Contents {
  /** Name of the top folder; empty where there is none. */
  readonly top: string;
  readonly files: ReadonlyMap<string, ReadTarEntry>;
}

/** An archive's entries as the files of a bundle, and every entry that has no place in one. */
export interface Sorted {
  readonly contents: Contents;
  readonly problems: readonly BundleProblem[];
}

const LONGEST_NAME = 255;

/**
 * Sorts the entries: one top folder, below it files with plain names. A link, a device, a name that leads elsewhere, one
 * that comes twice or differs from another in case only is a problem, and is in no file's place.
 */
export function sortEntries(entries: readonly ReadTarEntry[]): Sorted {
  const problems: BundleProblem[] = [];
  const files = new Map<string, ReadTarEntry>();
  const folded = new Map<string, string>();
  const top = topFolder(entries);
  for (const entry of entries) {
    const wrong = problemOf(entry, top) ?? duplicateOf(entry, folded);
    if (wrong !== undefined) {
      problems.push({ file: entry.path, detail: wrong });
    } else if (entry.type !== 'Directory') {
      files.set(entry.path.slice(top.length + 1), entry);
    }
  }
  return { contents: { top, files }, problems: [...problems, ...foldersThatAreFiles(files)] };
}

function topFolder(entries: readonly ReadTarEntry[]): string {
  return entries.map(({ path }) => path.split('/')[0] ?? '').find((name) => name.startsWith('bootlap-')) ?? '';
}

function problemOf({ path, type, target, privileged }: ReadTarEntry, top: string): string | undefined {
  const name = type === 'Directory' ? path.replace(/\/$/, '') : path;
  const problem = nameProblem(name) ?? typeProblem(type, target) ?? (privileged === true ? PRIVILEGED : undefined);
  return problem ?? (isBelow(name, top) ? undefined : outside(top));
}

/** Whoever measures as root would have put a program there that makes anybody root. */
const PRIVILEGED = 'it would run with the rights of another user or group (set-user-id, set-group-id)';

function nameProblem(path: string): string | undefined {
  if (path.startsWith('/')) {
    return 'its path is absolute';
  }
  const parts = path.split('/');
  if (parts.includes('..')) {
    return 'its path leads out of the folder';
  }
  if (parts.some((part) => part === '' || part === '.' || part.length > LONGEST_NAME)) {
    return 'its path is not in its plain form';
  }
  return parts.every(isPlainName) ? undefined : 'its name has signs that no file of a bundle has';
}

/** The kinds of entry that are files; `OldFile` is what a tar of long ago has. */
const FILES = new Set(['File', 'OldFile', 'Directory']);

function typeProblem(type: string, target: string | undefined): string | undefined {
  if (FILES.has(type)) {
    return undefined;
  }
  const kind = type.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
  const leads = target === undefined ? '' : `, which leads to ${JSON.stringify(target)}`;
  return `it is no file but of the kind "${kind}"${leads}`;
}

function isBelow(path: string, top: string): boolean {
  return top !== '' && (path === top || path.startsWith(`${top}/`));
}

function outside(top: string): string {
  return top === '' ? 'it is in no folder "bootlap-..."' : `it is not in the folder ${top}`;
}

function duplicateOf({ path, type }: ReadTarEntry, folded: Map<string, string>): string | undefined {
  if (type === 'Directory') {
    return undefined;
  }
  const key = path.toLowerCase();
  const known = folded.get(key);
  folded.set(key, path);
  if (known === undefined) {
    return undefined;
  }
  return known === path ? 'it is in the archive twice' : `it differs from ${known} in case only`;
}

function foldersThatAreFiles(files: ReadonlyMap<string, unknown>): BundleProblem[] {
  return [...files.keys()].flatMap((path) => {
    const parts = path.split('/');
    const file = parts.map((_, index) => parts.slice(0, index).join('/')).find((folder) => files.has(folder));
    return file === undefined ? [] : [{ file: path, detail: `it is in ${file}, which is a file` }];
  });
}

/** A name as it can be shown: shortened, and escaped as a whole where it is not plain. */
export function shownName(path: string): string {
  const short = path.length > LONGEST_NAME ? `${path.slice(0, LONGEST_NAME)}...` : path;
  return /^[\x20-\x7e]*$/.test(short) ? short : escaped(JSON.stringify(short));
}

/** A text with every sign that is not plain as `\uXXXX`. */
export function escaped(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

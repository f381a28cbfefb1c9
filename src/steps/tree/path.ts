import { lstatSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSystemError } from '../../system/files.js';
import type { FileMode } from './state.js';

/** The first folder on the way to `path` (relative) that is a symbolic link; `undefined` where there is none. */
export function linkOnTheWay(root: string, path: string): string | undefined {
  const parts = path.split('/').slice(0, -1);
  for (let count = 1; count <= parts.length; count += 1) {
    const folder = parts.slice(0, count).join('/');
    const stat = statOf(join(root, folder));
    if (stat === undefined) {
      return undefined;
    }
    if (stat.isSymbolicLink()) {
      return folder;
    }
  }
  return undefined;
}

/** lstat of a path; `undefined` where nothing is, also where a folder on the way is a file. Throws other errors. */
export function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}

/** What a file is; `undefined` for a folder or a special file. */
export function modeOf(stat: Stats | undefined): FileMode | undefined {
  if (stat?.isSymbolicLink() === true) {
    return 'link';
  }
  if (stat?.isFile() !== true) {
    return undefined;
  }
  return (stat.mode & 0o100) === 0 ? 'file' : 'executable';
}

/** Every folder above a relative path, the nearest first. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== '.' && folder !== '/'; folder = dirname(folder)) {
    folders.push(folder);
  }
  return folders;
}

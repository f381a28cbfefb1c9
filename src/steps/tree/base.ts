import { join } from 'node:path';
import type { PathOutside } from '../../core/failures/build.js';
import { failed, success, type Result } from '../../core/result.js';
import { attempt, freshFolder, remove, type FileFailure } from '../../system/files.js';
import { readContent, type FileContent } from './content.js';
import { checkOut, namedByTree, type BorrowingFailure } from './borrow.js';
import { linkOnTheWay, modeOf, statOf } from './path.js';
import type { KeptTree } from './kept-tree.js';

export type BaseFailure = PathOutside | FileFailure | BorrowingFailure;

/** Path -> the base's file there; `undefined` where it has none. */
export type BaseFiles = ReadonlyMap<string, FileContent | undefined>;

/**
 * The files of a tree's base (as fetched, before any patch or uncommitted change) at some paths.
 * `treeId` is git's name of the base, for a local working tree.
 * Fails with `path-outside` when a path leads through a symbolic link or to something that is no file.
 */
export async function readBase(
  tree: KeptTree,
  paths: readonly string[],
  treeId: string | undefined,
): Promise<Result<BaseFiles, BaseFailure>> {
  if (treeId !== undefined) {
    return readBorrowed(tree, paths, treeId);
  }
  const files = new Map<string, FileContent | undefined>();
  for (const path of paths) {
    const file = readUnpacked(tree, path);
    if (!file.ok) {
      return file;
    }
    files.set(path, file.value);
  }
  return success(files);
}

function readUnpacked(tree: KeptTree, path: string): Result<FileContent | undefined, PathOutside | FileFailure> {
  const saved = tree.state.saved[path];
  if (saved !== undefined) {
    const pristine = join(tree.pristine, path);
    return saved === 'absent' ? success(undefined) : attempt(pristine, () => readContent(pristine));
  }
  const link = linkOnTheWay(tree.source, path);
  if (link !== undefined) {
    return failed(outside(path, `goes through the symbolic link ${link}`));
  }
  const stat = statOf(join(tree.source, path));
  if (stat !== undefined && modeOf(stat) === undefined) {
    return failed(outside(path, 'is a folder and not a file'));
  }
  return attempt(path, () => readContent(join(tree.source, path)));
}

function outside(path: string, detail: string): PathOutside {
  return { reason: 'path-outside', origin: 'the source tree', path, detail };
}

async function readBorrowed(
  tree: KeptTree,
  paths: readonly string[],
  treeId: string,
): Promise<Result<BaseFiles, BaseFailure>> {
  const named = await namedByTree(tree, treeId, paths);
  if (!named.ok) {
    return named;
  }
  const folder = freshFolder(tree.scratch, 'base-');
  const there = paths.filter((path) => named.value.has(path));
  const out = await checkOut(tree, { treeId, paths: there, folder });
  if (!out.ok) {
    return out;
  }
  const files = attempt(folder, () => new Map(paths.map((path) => [path, readContent(join(folder, path))])));
  remove(folder);
  return files;
}

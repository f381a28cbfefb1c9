import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalTreeUnfit } from '../../core/failures/build.js';
import { done, failed, success, type Result } from '../../core/result.js';
import { attempt, remove } from '../../system/files.js';
import { runGit, type GitSaid, type GitUseFailure } from '../../system/git.js';
import type { KeptTree } from './kept-tree.js';

/*
 * A kept tree of a local working tree takes its files out of the user's repository through a bare repository of its
 * own that borrows the objects. Nothing is ever written into the user's.
 */

export type BorrowingFailure = LocalTreeUnfit | GitUseFailure;

/** Files exactly as git has them, whatever attributes the user's tree sets. */
const ATTRIBUTES = '* -text -eol -ident -filter -working-tree-encoding\n';

/** Arguments are limited in length by the system; so many paths are passed at a time. */
const PATHS_AT_ONCE = 500;

/** What of a tree is written where. */
export interface CheckOut {
  readonly treeId: string;
  /** All of it when missing. */
  readonly paths?: readonly string[];
  readonly folder: string;
}

/** Writes files of a git tree into a folder. Fails with `local-tree-unfit` when git refuses. */
export async function checkOut(tree: KeptTree, wanted: CheckOut): Promise<Result<void, BorrowingFailure>> {
  if (wanted.paths?.length === 0) {
    return done;
  }
  // A git that was killed leaves its lock; nobody else works in this repository.
  const unlocked = attempt(tree.repository, () => remove(join(tree.repository, 'index.lock')));
  const read = unlocked.ok ? await git(tree, ['read-tree', wanted.treeId]) : unlocked;
  if (!read.ok) {
    return read;
  }
  const options = ['checkout-index', '-f', '-q', `--prefix=${wanted.folder}/`];
  for (const paths of wanted.paths === undefined ? [['-a']] : portions(wanted.paths).map((some) => ['--', ...some])) {
    const written = await git(tree, [...options, ...paths]);
    if (!written.ok) {
      return written;
    }
  }
  return done;
}

/** Which of the paths are files of a git tree. */
export async function namedByTree(
  tree: KeptTree,
  treeId: string,
  paths: readonly string[],
): Promise<Result<ReadonlySet<string>, BorrowingFailure>> {
  const named = new Set<string>();
  for (const some of portions(paths)) {
    const listed = await git(tree, ['ls-tree', '-z', '--full-tree', treeId, '--', ...some]);
    if (!listed.ok) {
      return listed;
    }
    // `<mode> blob <id>\t<path>`: a submodule is a `commit` and has no file here.
    for (const line of listed.value.split('\0')) {
      if (/^\d+ blob /.test(line)) {
        named.add(line.slice(line.indexOf('\t') + 1));
      }
    }
  }
  return success(named);
}

/** Paths of the files in which two git trees differ; `undefined` where git no longer has the first one. */
export async function differingFiles(
  tree: KeptTree,
  from: string,
  to: string,
): Promise<Result<readonly string[] | undefined, BorrowingFailure>> {
  const known = await git(tree, ['cat-file', '-e', `${from}^{tree}`]);
  if (!known.ok) {
    return known.failure.reason === 'local-tree-unfit' ? success(undefined) : known;
  }
  const listed = await git(tree, ['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to]);
  return listed.ok ? success(listed.value.split('\0').filter((path) => path !== '')) : listed;
}

function portions(paths: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(paths.length / PATHS_AT_ONCE) }, (_, index) =>
    paths.slice(index * PATHS_AT_ONCE, (index + 1) * PATHS_AT_ONCE),
  );
}

async function git(tree: KeptTree, line: readonly string[]): Promise<Result<string, BorrowingFailure>> {
  const ready = existsSync(join(tree.repository, 'ready')) ? done : await borrow(tree);
  if (!ready.ok) {
    return ready;
  }
  const said = await runGit(useOf(tree, tree.repository), line);
  return said.ok ? said : failed(unfit(said.failure, tree));
}

/** Makes the bare repository; the file `ready` says that it is whole. */
async function borrow(tree: KeptTree): Promise<Result<void, BorrowingFailure>> {
  const local = tree.local ?? '';
  const line = ['rev-parse', '--path-format=absolute', '--git-path', 'objects'];
  const users = { folder: local, neededBy: tree.neededBy, signal: tree.signal };
  const objects = await runGit(users, line);
  if (!objects.ok) {
    return failed(unfit(objects.failure, tree));
  }
  const format = await runGit(users, ['rev-parse', '--show-object-format']);
  if (!format.ok) {
    return failed(unfit(format.failure, tree));
  }
  const options = ['--bare', '--quiet', '--template=', `--object-format=${format.value.trim()}`];
  const made = await runGit({ ...users, folder: tree.repository }, ['init', ...options, '.']);
  if (!made.ok) {
    return failed(unfit(made.failure, tree));
  }
  return attempt(tree.repository, () => {
    mkdirSync(join(tree.repository, 'objects/info'), { recursive: true });
    mkdirSync(join(tree.repository, 'info'), { recursive: true });
    writeFileSync(join(tree.repository, 'objects/info/alternates'), `${objects.value.trim()}\n`);
    writeFileSync(join(tree.repository, 'info/attributes'), ATTRIBUTES);
    writeFileSync(join(tree.repository, 'ready'), '');
  });
}

function useOf(tree: KeptTree, folder: string) {
  return {
    folder,
    neededBy: tree.neededBy,
    signal: tree.signal,
    environment: {
      GIT_DIR: tree.repository,
      GIT_WORK_TREE: tree.source,
      GIT_INDEX_FILE: join(tree.repository, 'index'),
    },
  };
}

function unfit(failure: GitSaid | GitUseFailure, tree: KeptTree): BorrowingFailure {
  return failure.reason === 'git-said'
    ? { reason: 'local-tree-unfit', component: tree.component, folder: tree.local ?? '', detail: failure.text }
    : failure;
}

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { GitFailed } from '../core/failures/network.js';
import { done, failed, success, type Result } from '../core/result.js';
import { attempt, remove } from './files.js';
import { runGit, withoutSaying, type GitUse, type GitUseFailure } from './git.js';

/** A git tree that is wanted as a tar. */
export interface TreeArchive {
  /** Repository that has the tree: a bare one, or a working tree's. Nothing is written into it. */
  readonly repository: string;
  /** Git's name of the tree. */
  readonly tree: string;
  /** Where the tar is written; no compression, no leading folder. */
  readonly to: string;
  /** A folder for temporary files. */
  readonly scratch: string;
  readonly neededBy: string;
  readonly signal?: AbortSignal;
}

export type GitArchiveFailure = GitFailed | GitUseFailure;

/** Every file as the tree has it: nothing left out, no keyword or line end replaced, whatever .gitattributes says. */
const PLAIN = '* -export-ignore -export-subst -text -eol -ident -filter -working-tree-encoding\n';

/** One fixed moment and name for all, so that the tar depends on the tree alone. 1 January 2000. */
const NOBODY = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'bootlap'],
    [`GIT_${role}_EMAIL`, 'bootlap'],
    [`GIT_${role}_DATE`, '946684800 +0000'],
  ]),
);

/**
 * Writes the tar of a git tree: the same bytes for the same tree, on every machine with the same git.
 * Works in a bare repository of its own that borrows the objects, because that is where attributes can be overruled.
 * Fails with `git-failed`, or as {@link runGit} does.
 */
export async function archiveTree(wanted: TreeArchive): Promise<Result<void, GitArchiveFailure>> {
  const own = join(wanted.scratch, `archive-${wanted.tree.slice(0, 16)}.git`);
  const use: GitUse = {
    folder: own,
    neededBy: wanted.neededBy,
    environment: { ...NOBODY, GIT_DIR: own },
    ...(wanted.signal === undefined ? {} : { signal: wanted.signal }),
  };
  const archived = await archiveIn(use, wanted);
  remove(own);
  return archived;
}

async function archiveIn(use: GitUse, wanted: TreeArchive): Promise<Result<void, GitArchiveFailure>> {
  const made = await say(use, wanted, ['init', '--bare', '--quiet', '--template=', ...objectFormat(wanted), '.']);
  const borrowed = made.ok ? await borrowObjects(use, wanted) : made;
  // A commit, because a bare tree would get the present time as the time of every file.
  const commit = borrowed.ok ? await say(use, wanted, ['commit-tree', '-m', wanted.tree, wanted.tree]) : borrowed;
  if (!commit.ok) {
    return commit;
  }
  const options = ['--format=tar', `--output=${wanted.to}`, commit.value.trim()];
  const archived = await say(use, wanted, ['-c', 'tar.umask=0022', '-c', 'core.autocrlf=false', 'archive', ...options]);
  return archived.ok ? done : archived;
}

/** Names of 64 digits are those of a SHA-256 repository, and only its like can borrow from it. */
function objectFormat(wanted: TreeArchive): string[] {
  return wanted.tree.length === 64 ? ['--object-format=sha256'] : [];
}

async function borrowObjects(use: GitUse, wanted: TreeArchive): Promise<Result<void, GitArchiveFailure>> {
  const objects = await objectsFolder(wanted);
  if (!objects.ok) {
    return objects;
  }
  return attempt(use.folder, () => {
    mkdirSync(join(use.folder, 'objects/info'), { recursive: true });
    mkdirSync(join(use.folder, 'info'), { recursive: true });
    writeFileSync(join(use.folder, 'objects/info/alternates'), `${objects.value}\n`);
    writeFileSync(join(use.folder, 'info/attributes'), PLAIN);
  });
}

/** A bare repository has its objects beside HEAD; a working tree is asked, because it may be a linked one. */
async function objectsFolder(wanted: TreeArchive): Promise<Result<string, GitArchiveFailure>> {
  if (existsSync(join(wanted.repository, 'HEAD')) && existsSync(join(wanted.repository, 'objects'))) {
    return success(join(wanted.repository, 'objects'));
  }
  const use: GitUse = {
    folder: wanted.repository,
    neededBy: wanted.neededBy,
    ...(wanted.signal === undefined ? {} : { signal: wanted.signal }),
  };
  const found = await say(use, wanted, ['rev-parse', '--git-path', 'objects']);
  return found.ok ? success(resolve(wanted.repository, found.value.trim())) : found;
}

async function say(use: GitUse, wanted: TreeArchive, line: string[]): Promise<Result<string, GitArchiveFailure>> {
  const said = await runGit(use, line);
  return said.ok ? said : failed(withoutSaying(said.failure, wanted.repository));
}

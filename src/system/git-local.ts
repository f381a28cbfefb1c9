import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { digestBytes, type Digest } from '../core/digest.js';
import type { LocalTreeUnfit } from '../core/failures/build.js';
import { byCodeUnit } from '../core/json.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt } from './files.js';
import { runGit, type GitSaid, type GitUse, type GitUseFailure } from './git.js';

/** A working tree of the user's as it is now: a git tree, and what differs from it. */
export interface WorkingTree {
  /** Absolute path of the folder that was named. */
  readonly folder: string;
  /** Git's name of HEAD's tree, or of that folder in it when it is not the top of its repository. */
  readonly tree: string;
  /** In code-unit order of the paths, which count from `folder`. */
  readonly changed: readonly WorkingChange[];
  /** Paths of submodules, whose files are no part of the tree. */
  readonly submodules: readonly string[];
}

/** A file that differs from HEAD, is new and not ignored, or is gone. A link's digest is its target's. */
export type WorkingChange =
  | { readonly path: string; readonly digest: Digest; readonly mode: 'file' | 'executable' | 'link' }
  | { readonly path: string; readonly mode: 'deleted' };

/**
 * Finds out what a working tree holds, by asking git what differs from HEAD; the files that do are read.
 * The user's repository is not written to. Staged or not makes no difference: what lies in the folder counts.
 *
 * Fails with `local-tree-unfit`, with what to do, when it is no git working tree or has no commit yet;
 * `tool-missing` without git.
 */
export async function readWorkingTree(
  folder: string,
  component: string,
  signal?: AbortSignal,
): Promise<Result<WorkingTree, LocalTreeUnfit | GitUseFailure>> {
  const unfit = (detail: string) => failed({ reason: 'local-tree-unfit' as const, component, folder, detail });
  if (!existsSync(folder) || !lstatSync(realpathSync(folder)).isDirectory()) {
    return unfit('there is no such folder');
  }
  const use: GitUse = { folder, neededBy: `fetch:${component}`, ...(signal === undefined ? {} : { signal }) };
  const prefix = await runGit(use, ['rev-parse', '--is-inside-work-tree', '--show-prefix']);
  if (!prefix.ok || !prefix.value.startsWith('true')) {
    return prefix.ok ? unfit('it is no working tree') : explain(prefix.failure, unfit);
  }
  return readAt(use, prefix.value.split('\n')[1] ?? '', unfit);
}

type Unfit = (detail: string) => Result<never, LocalTreeUnfit>;

function explain(failure: GitSaid | GitUseFailure, unfit: Unfit): Result<never, LocalTreeUnfit | GitUseFailure> {
  if (failure.reason !== 'git-said') {
    return failed(failure);
  }
  return failure.text.includes('not a git repository')
    ? unfit("it is no git working tree: 'git init && git add . && git commit -m start' in it makes it one")
    : unfit(failure.text);
}

async function readAt(
  use: GitUse,
  prefix: string,
  unfit: Unfit,
): Promise<Result<WorkingTree, LocalTreeUnfit | GitUseFailure>> {
  const tree = await runGit(use, ['rev-parse', '--verify', '--quiet', `HEAD:${prefix}`]);
  if (!tree.ok) {
    return tree.failure.reason === 'git-said'
      ? unfit("HEAD has no such tree: 'git commit' makes one")
      : failed(tree.failure);
  }
  const status = await runGit(use, STATUS);
  if (!status.ok) {
    return explain(status.failure, unfit);
  }
  const submodules = await submodulePaths(use);
  if (!submodules.ok) {
    return explain(submodules.failure, unfit);
  }
  const changed = attempt(use.folder, () => changes(use.folder, parseStatus(status.value, prefix)));
  return changed.ok
    ? success({ folder: use.folder, tree: tree.value.trim(), changed: changed.value, submodules: submodules.value })
    : changed;
}

/** Settings that make `git status` tell the same whatever the user's configuration is. */
const STATUS = [
  ...['-c', 'core.quotePath=false', '-c', 'status.relativePaths=false'],
  ...['status', '--porcelain=v2', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=all', '--', '.'],
];

/** A path that git names, and how HEAD has it. */
interface StatusEntry {
  /** From the folder that was named. */
  readonly path: string;
  /** As git writes modes: `100644`; missing for a file that HEAD does not have. */
  readonly headMode?: string;
  readonly headBlob?: string;
}

/** git-status(1), porcelain format version 2 with -z. */
function parseStatus(text: string, prefix: string): StatusEntry[] {
  const entries: StatusEntry[] = [];
  for (const record of text.split('\0')) {
    const entry = parseRecord(record);
    if (entry !== undefined && entry.path.startsWith(prefix) && !entry.path.endsWith('/')) {
      entries.push({ ...entry, path: entry.path.slice(prefix.length) });
    }
  }
  return entries;
}

function parseRecord(record: string): StatusEntry | undefined {
  const untracked = /^\? (.+)$/s.exec(record)?.[1];
  if (untracked !== undefined) {
    return { path: untracked };
  }
  const [, headMode, headBlob, path] =
    /^1 \S\S \S+ (\d+) \d+ \d+ ([0-9a-f]+) [0-9a-f]+ (.+)$/s.exec(record) ??
    /^u \S\S \S+ \d+ (\d+) \d+ \d+ [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+ (.+)$/s.exec(record) ??
    [];
  if (path === undefined || headMode === undefined || headBlob === undefined) {
    return undefined;
  }
  return headMode === '000000' ? { path } : { path, headMode, headBlob };
}

function changes(folder: string, entries: readonly StatusEntry[]): WorkingChange[] {
  return entries.flatMap((entry) => change(folder, entry) ?? []).sort((a, b) => byCodeUnit(a.path, b.path));
}

/** What the folder has at a path; `undefined` when that is what HEAD has, or is no file at all. */
function change(folder: string, entry: StatusEntry): WorkingChange | undefined {
  const { path } = entry;
  const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory()) {
    return entry.headMode === undefined ? undefined : { path, mode: 'deleted' };
  }
  if (!stat.isFile() && !stat.isSymbolicLink()) {
    return undefined;
  }
  const mode = stat.isSymbolicLink() ? 'link' : (stat.mode & 0o100) === 0 ? 'file' : 'executable';
  const bytes = mode === 'link' ? Buffer.from(readlinkSync(join(folder, path))) : readFileSync(join(folder, path));
  return isAsInHead(entry, mode, bytes) ? undefined : { path, digest: digestBytes(bytes), mode };
}

const GIT_MODES = { file: '100644', executable: '100755', link: '120000' } as const;

/** A change that is staged and then taken back in the folder is none. */
function isAsInHead(entry: StatusEntry, mode: keyof typeof GIT_MODES, bytes: Uint8Array): boolean {
  if (entry.headBlob === undefined || entry.headMode !== GIT_MODES[mode]) {
    return false;
  }
  const hash = createHash(entry.headBlob.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === entry.headBlob;
}

/** Only asked for where there can be some: listing the index of a kernel takes its time. */
async function submodulePaths(use: GitUse): Promise<Result<string[], GitSaid | GitUseFailure>> {
  if (!existsSync(join(use.folder, '.gitmodules'))) {
    return success([]);
  }
  const listed = await runGit(use, ['ls-files', '--stage', '-z', '--', '.']);
  return listed.ok
    ? success(listed.value.split('\0').flatMap((line) => /^160000 .*\t(.+)$/s.exec(line)?.[1] ?? []))
    : listed;
}

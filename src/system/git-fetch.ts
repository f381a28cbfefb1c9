import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DigestMismatch, GitFailed, GitRefused, GitUnknownRevision } from '../core/failures/network.js';
import { done, failed, success, type Result } from '../core/result.js';
import { inTurn } from './download-turn.js';
import { checkGitAddress } from './git-address.js';
import { remoteTip } from './git-remote.js';
import { quietSsh, runGit, withoutSaying, type GitSaid, type GitUse, type GitUseFailure } from './git.js';

/** One commit that is wanted in a bare repository. */
export interface CommitWanted {
  /** Addresses of the same repository, tried in turn. */
  readonly urls: readonly string[];
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Checked after the fetch, where it is known. */
  readonly tree?: string;
  /** Where the commit can be found if the server does not hand out bare commits. */
  readonly branch?: string;
}

export type GitFetchFailure = GitRefused | GitFailed | GitUnknownRevision | DigestMismatch | GitUseFailure;

/** How far back a branch is followed for a commit that the server does not hand out by itself; then all of it. */
const DEPTHS = [50, 500, 5000];

/**
 * Fetches a commit without history into the bare repository at `use.folder` and gives the name of its tree.
 * Does nothing when it is there already. Fails with `git-refused` (address), `git-unknown-revision` (no server has
 * it), `digest-mismatch` (another tree), `git-failed` with what each address said, or as {@link runGit} does.
 */
export function fetchCommit(use: GitUse, wanted: CommitWanted): Promise<Result<string, GitFetchFailure>> {
  return inTurn(use.folder, () => fetchInTurn(use, wanted));
}

async function fetchInTurn(use: GitUse, wanted: CommitWanted): Promise<Result<string, GitFetchFailure>> {
  const prepared = await prepare(use);
  if (!prepared.ok) {
    return prepared;
  }
  const here = await treeOf(prepared.value, wanted);
  return here === undefined ? fetchFromEach(prepared.value, wanted) : checkTree(here, wanted);
}

/** Makes the bare repository, and puts away locks of a git that was killed: nobody else works in it. */
async function prepare(use: GitUse): Promise<Result<GitUse, GitUseFailure | GitFailed>> {
  for (const lock of ['shallow.lock', 'config.lock', 'HEAD.lock', 'packed-refs.lock']) {
    rmSync(join(use.folder, lock), { force: true });
  }
  if (!existsSync(join(use.folder, 'HEAD'))) {
    const made = await runGit(use, ['init', '--bare', '--quiet', '--template=', '.']);
    if (!made.ok) {
      return failed(withoutSaying(made.failure, use.folder));
    }
  }
  return success({ ...use, environment: { ...use.environment, ...(await quietSsh(use)), GIT_DIR: use.folder } });
}

async function fetchFromEach(use: GitUse, wanted: CommitWanted): Promise<Result<string, GitFetchFailure>> {
  const attempts: { url: string; detail: string }[] = [];
  let unknown: GitUnknownRevision | undefined;
  for (const url of wanted.urls) {
    const allowed = checkGitAddress(url);
    const fetched = allowed.ok ? await fetchFrom(use, url, wanted) : allowed;
    const tree = fetched.ok ? await treeOf(use, wanted) : undefined;
    if (tree !== undefined) {
      return checkTree(tree, wanted);
    }
    const failure = fetched.ok ? unknownCommit(url, wanted) : fetched.failure;
    if (failure.reason !== 'git-said' && failure.reason !== 'git-unknown-revision') {
      return failed(failure);
    }
    unknown ??= failure.reason === 'git-unknown-revision' ? failure : undefined;
    attempts.push({ url, detail: failure.reason === 'git-said' ? failure.text : `does not have ${failure.revision}` });
  }
  return failed(unknown ?? { reason: 'git-failed', attempts });
}

type FromOne = Result<void, GitSaid | GitUnknownRevision | GitUseFailure>;

async function fetchFrom(use: GitUse, url: string, wanted: CommitWanted): Promise<FromOne> {
  const direct = await runGit(use, fetchLine(['--depth=1'], url, wanted.commit));
  if (direct.ok || direct.failure.reason !== 'git-said' || !isRefusedCommit(direct.failure.text)) {
    return direct.ok ? done : direct;
  }
  return fetchAlongBranch(use, url, wanted);
}

/** The server does not hand out a commit by its name: the branch is fetched, ever deeper, until the commit is in it. */
async function fetchAlongBranch(use: GitUse, url: string, wanted: CommitWanted): Promise<FromOne> {
  const branch = await branchReference(use, url, wanted);
  if (!branch.ok) {
    return branch;
  }
  for (const depth of ['--depth=1', ...DEPTHS.map((commits) => `--depth=${commits}`), '--unshallow']) {
    if (depth === '--unshallow' && !existsSync(join(use.folder, 'shallow'))) {
      break;
    }
    const fetched = await runGit(use, fetchLine([depth], url, branch.value));
    if (!fetched.ok) {
      return fetched;
    }
    if ((await treeOf(use, wanted)) !== undefined) {
      return done;
    }
  }
  return failed(unknownCommit(url, wanted));
}

async function branchReference(
  use: GitUse,
  url: string,
  wanted: CommitWanted,
): Promise<Result<string, GitSaid | GitUnknownRevision | GitUseFailure>> {
  if (wanted.branch === undefined) {
    return success('HEAD');
  }
  const tip = await remoteTip(use, url, wanted.branch);
  return tip.ok ? success(tip.value.reference) : tip;
}

function fetchLine(options: readonly string[], url: string, revision: string): string[] {
  const quiet = ['--no-tags', '--no-recurse-submodules', '--progress'];
  return ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false', 'fetch', ...quiet, ...options, '--', url, revision];
}

function isRefusedCommit(text: string): boolean {
  return /not our ref|unadvertised object|remote ref|no such remote ref|upload-pack: /i.test(text);
}

/** Name of the commit's tree; `undefined` when the commit is not in the repository. */
async function treeOf(use: GitUse, wanted: CommitWanted): Promise<string | undefined> {
  const found = await runGit(use, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${wanted.commit}^{tree}`]);
  const tree = found.ok ? found.value.trim() : '';
  // --end-of-options is echoed by some versions.
  return /[0-9a-f]{40,64}$/.exec(tree)?.[0];
}

function checkTree(found: string, wanted: CommitWanted): Result<string, DigestMismatch> {
  if (wanted.tree === undefined || wanted.tree === found) {
    return success(found);
  }
  const origin = wanted.urls[0] ?? '';
  return failed({
    reason: 'digest-mismatch',
    what: `tree of commit ${wanted.commit}`,
    origin,
    expected: wanted.tree,
    found,
  });
}

function unknownCommit(url: string, wanted: CommitWanted): GitUnknownRevision {
  return { reason: 'git-unknown-revision', url, revision: wanted.commit };
}

/** A branch or tag whose tip is wanted. */
export interface TipWanted {
  readonly urls: readonly string[];
  readonly branch: string;
}

/**
 * The commit at the tip of a branch or tag, asked of each address in turn; nothing is fetched.
 * Fails with `git-unknown-revision` (with the nearest name that there is), `git-refused`, `git-failed`,
 * or as {@link runGit} does.
 */
export async function findTip(use: GitUse, wanted: TipWanted): Promise<Result<string, GitFetchFailure>> {
  const ready = { ...use, environment: { ...use.environment, ...(await quietSsh(use)) } };
  const attempts: { url: string; detail: string }[] = [];
  for (const url of wanted.urls) {
    const allowed = checkGitAddress(url);
    const tip = allowed.ok ? await remoteTip(ready, url, wanted.branch) : allowed;
    if (tip.ok) {
      return success(tip.value.commit);
    }
    if (tip.failure.reason !== 'git-said') {
      return failed(tip.failure);
    }
    attempts.push({ url, detail: tip.failure.text });
  }
  return failed({ reason: 'git-failed', attempts });
}

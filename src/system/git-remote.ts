import type { GitUnknownRevision } from '../core/failures/network.js';
import { nearest } from '../core/nearest.js';
import { failed, success, type Result } from '../core/result.js';
import { runGit, type GitSaid, type GitUse, type GitUseFailure } from './git.js';

/** A branch or tag of a server. */
export interface RemoteTip {
  /** `refs/heads/main`, `refs/tags/v1`. */
  readonly reference: string;
  readonly commit: string;
}

/**
 * Asks a server for the tip of a branch or tag.
 * Fails with `git-unknown-revision`, with the nearest name that the server has; or as {@link runGit} does.
 */
export async function remoteTip(
  use: GitUse,
  url: string,
  branch: string,
): Promise<Result<RemoteTip, GitUnknownRevision | GitSaid | GitUseFailure>> {
  const listed = await runGit(use, ['ls-remote', '--heads', '--tags', '--', url]);
  if (!listed.ok) {
    return listed;
  }
  const tips = parseTips(listed.value);
  const names = [branch, `refs/heads/${branch}`, `refs/tags/${branch}`];
  const reference = names.find((name) => tips.has(name));
  const commit = reference === undefined ? undefined : tips.get(reference);
  if (reference !== undefined && commit !== undefined) {
    return success({ reference, commit });
  }
  const near = nearest(
    branch,
    [...tips.keys()].map((name) => name.replace(/^refs\/(heads|tags)\//, '')),
  );
  return failed({
    reason: 'git-unknown-revision',
    url,
    revision: branch,
    ...(near === undefined ? {} : { nearest: near }),
  });
}

/** Reference -> commit. What an annotated tag points at stands under `<tag>^{}` and is what counts. */
function parseTips(text: string): Map<string, string> {
  const tips = new Map<string, string>();
  for (const [, commit = '', name = ''] of text.matchAll(/^([0-9a-f]{40,64})\t(\S+)$/gm)) {
    tips.set(name.replace(/\^\{\}$/, ''), commit);
  }
  return tips;
}

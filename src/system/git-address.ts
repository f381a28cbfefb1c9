import type { GitRefused } from '../core/failures/network.js';
import { hasPassword, withoutPassword } from '../core/login.js';
import { done, failed, type Result } from '../core/result.js';

/**
 * Lets an address of a repository through if it names one of the transports that we let git use: https, ssh
 * (`git@host:path` too) or file. Fails with `git-refused` for everything else, above all for what git would take for
 * an option or for a program to run, and for an address with a password, which would be written down with the recipe.
 */
export function checkGitAddress(url: string): Result<void, GitRefused> {
  const detail = whatIsWrong(url);
  return detail === undefined ? done : failed({ reason: 'git-refused', url: withoutPassword(url), detail });
}

const RIGHT = 'use https://..., ssh://..., git@host:path or file:///...';

function whatIsWrong(url: string): string | undefined {
  if (url.startsWith('-')) {
    return `it looks like an option; ${RIGHT}`;
  }
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (url === '' || /[\u0000-\u0020\u007f]/.test(url)) {
    return `it is empty or has blanks in it; ${RIGHT}`;
  }
  const helper = /^([A-Za-z0-9+.-]+)::/.exec(url)?.[1];
  if (helper !== undefined) {
    return `"${helper}::" would run a program; ${RIGHT}`;
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    return wrongUrl(url, scheme);
  }
  // git@host:path: a host before the first colon, and no slash before it.
  return /^([^\s/:@-][^\s/:@]*@)?[^\s/:@-][^\s/:@]*:[^-]/.test(url) ? undefined : `it names no transport; ${RIGHT}`;
}

function wrongUrl(url: string, scheme: string): string | undefined {
  if (!['https', 'ssh', 'file'].includes(scheme)) {
    return `${scheme} is not used; ${RIGHT}`;
  }
  if (hasPassword(url)) {
    return 'it has a password in it, which everybody would read who gets a record of it; use the address without, and a credential helper of git';
  }
  const host = /^[^:]+:\/\/(?:[^/@]*@)?([^/]*)/.exec(url)?.[1] ?? '';
  return host.startsWith('-') || url.includes('//-') ? `its host looks like an option; ${RIGHT}` : undefined;
}

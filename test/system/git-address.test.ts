import { describe, expect, test } from 'vitest';
import { checkGitAddress } from '../../src/system/git-address.js';

describe('an address of a repository', () => {
  test.each([
    'https://example.org/team/qboot.git',
    'https://user@example.org:8443/qboot',
    'ssh://git@example.org:22/qboot.git',
    'git@example.org:team/qboot.git',
    'example.org:qboot.git',
    'file:///srv/git/qboot.git',
    'https://[::1]/qboot.git',
  ])('%s is let through', (url) => {
    expect(checkGitAddress(url)).toEqual({ ok: true, value: undefined });
  });

  test.each([
    ['--upload-pack=touch /tmp/x', 'option'],
    ['-oProxyCommand=touch', 'option'],
    ['ext::sh -c touch% /tmp/x', 'blanks'],
    ['ext::sh', 'would run a program'],
    ['fd::17', 'would run a program'],
    ['git::https://example.org', 'would run a program'],
    ['http://example.org/qboot.git', 'http is not used'],
    ['git://example.org/qboot.git', 'git is not used'],
    ['ftp://example.org/qboot.git', 'ftp is not used'],
    ['ssh://-oProxyCommand=touch/x', 'option'],
    ['ssh://user@-oProxyCommand=touch/x', 'option'],
    ['-host:path', 'option'],
    ['git@-host:path', 'no transport'],
    ['host:-path', 'no transport'],
    ['/srv/git/qboot.git', 'no transport'],
    ['', 'empty'],
    ['https://example.org/a b', 'blanks'],
  ])('%s is refused', (url, detail) => {
    const result = checkGitAddress(url);
    expect(result).toMatchObject({ ok: false, failure: { reason: 'git-refused', url } });
    expect(!result.ok && result.failure.detail).toContain(detail);
  });

  test.each(['https://user:secret@example.org/qboot.git', 'ssh://git:secret@example.org/qboot.git'])(
    '%s is refused and its password not told',
    (url) => {
      const result = checkGitAddress(url);
      expect(result).toMatchObject({ ok: false, failure: { detail: expect.stringContaining('a password in it') } });
      expect(JSON.stringify(result)).not.toContain('secret');
    },
  );
});

import { expect, test } from 'vitest';
import { hasPassword, withoutLogin, withoutPassword } from '../../src/core/login.js';

test.each([
  ['https://user:secret@host/path', 'https://user:...@host/path', 'https://host/path'],
  ['https://user:se@cret@host/path', 'https://user:...@host/path', 'https://host/path'],
  ['git+https://user:secret@host:8080/a@b', 'git+https://user:...@host:8080/a@b', 'git+https://host:8080/a@b'],
])('of %s nothing of the password is shown', (address, shown, bare) => {
  expect(hasPassword(address)).toBe(true);
  expect(withoutPassword(address)).toBe(shown);
  expect(withoutLogin(address)).toBe(bare);
});

test.each(['https://host:443/a:b@c', 'https://host/?at=a:b@c', 'git@host:path', 'ssh://git@host/path', 'file:///a'])(
  '%s has no password',
  (address) => {
    expect(hasPassword(address)).toBe(false);
    expect(withoutPassword(address)).toBe(address);
  },
);

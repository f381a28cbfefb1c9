import { expect, test } from 'vitest';
import { isPlainName, plainPath } from '../../src/bundle/plain-name.js';

test.each([
  ['01-version.patch', '01-version.patch'],
  ['02-fix the boot (v2).patch', '02-fix_the_boot__v2_.patch'],
  ['03-größer.patch', '03-gr__er.patch'],
  ['linux/6.1/0001-init.patch', 'linux/6.1/0001-init.patch'],
  ['../up/./here', '_/up/_/here'],
])('%s lies in a bundle as %s, which its verification lets pass', (path, plain) => {
  expect(plainPath(path)).toBe(plain);
  expect(plain.split('/').every(isPlainName)).toBe(true);
});

test('a name that is too long for a tar is cut, and keeps the number that tells it from others', () => {
  expect(plainPath(`07-${'long'.repeat(60)}.patch`)).toMatch(/^07-long.{0,100}$/);
});

test('what has another sign, or nothing, is no name', () => {
  expect(['', 'a b', 'a\nb', 'a/b', 'a\\b', '\u202e'].filter(isPlainName)).toEqual([]);
});

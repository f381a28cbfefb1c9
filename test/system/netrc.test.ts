import { describe, expect, test } from 'vitest';
import { loginIn } from '../../src/system/netrc.js';

describe('a netrc file', () => {
  test.each([
    ['one entry on one line', 'machine cache.example.org login team password secret'],
    ['one entry on several lines', 'machine cache.example.org\n  login team\n\tpassword secret\n'],
    [
      'an entry behind others',
      'machine other login a password b\nmachine cache.example.org login team password secret',
    ],
    ['a default', 'machine other login a password b\ndefault login team password secret'],
    ['a quoted password', 'machine cache.example.org login team password "secret"'],
    [
      'a comment before it',
      '# machine cache.example.org login x password y\nmachine cache.example.org login team password secret',
    ],
    [
      'a macro before it',
      'macdef init\nmachine cache.example.org login x password y\n\nmachine cache.example.org login team password secret',
    ],
  ])('gives the login: %s', (_, text) => {
    expect(loginIn(text, 'cache.example.org')).toEqual({ user: 'team', password: 'secret' });
  });

  test('gives nothing of another host, or of an entry without a login', () => {
    expect(loginIn('machine other login a password b', 'cache.example.org')).toBeUndefined();
    expect(loginIn('machine cache.example.org password b', 'cache.example.org')).toBeUndefined();
    expect(loginIn('', 'cache.example.org')).toBeUndefined();
  });

  test('a password with a space and a quotation mark is taken whole', () => {
    expect(loginIn('machine h login u password "a b\\"c"', 'h')).toEqual({ user: 'u', password: 'a b"c' });
  });

  test('the default is for whatever host there is, and is left out where only what is named counts', () => {
    const text = 'default login any password one';
    expect(loginIn(text, 'h')).toEqual({ user: 'any', password: 'one' });
    expect(loginIn(text, 'h', 'named')).toBeUndefined();
    expect(loginIn(`machine h login u password p ${text}`, 'h', 'named')).toEqual({ user: 'u', password: 'p' });
  });
});

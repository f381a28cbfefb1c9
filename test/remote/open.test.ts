import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { openShare, type ShareWish } from '../../src/remote/open.js';
import { temporaryFolders } from '../rig/folder.js';
import { keyPair } from '../rig/share.js';

const folder = temporaryFolders();

function wish(given: Partial<ShareWish>): ShareWish {
  const base = { url: 'https://cache.example.org/team', mode: undefined, trust: [], key: undefined };
  return {
    ...base,
    addressOf: 'user',
    isInsecure: false,
    scratch: '/nowhere',
    memory: '/nowhere',
    workingFolder: '/',
    ...given,
  };
}

/** The message and hint of what is refused; empty where it is not. */
function refusal(given: Partial<ShareWish>): string {
  const opened = openShare(wish(given));
  return opened.ok ? '' : JSON.stringify(opened.failure);
}

describe('what a user asks for', () => {
  test('an address with a password is refused, and the password is not repeated', () => {
    const text = refusal({ url: 'https://team:s3cret@cache.example.org/' });
    expect(text).toContain('must not hold a user, a password');
    expect(text).not.toContain('s3cret');
    expect(refusal({ url: 'https://cache.example.org/?token=s3cret' })).not.toContain('s3cret');
    expect(refusal({ url: 'not an address s3cret' })).not.toContain('s3cret');
  });

  test('plain http goes to this machine alone, or where it is asked for', () => {
    const { publicFile } = keyPair(folder());
    const trust = [publicFile];
    expect(refusal({ url: 'http://cache.example.org/', trust })).toContain('plain http');
    expect(refusal({ url: 'http://cache.example.org/', trust, isInsecure: true })).toBe('');
    expect(refusal({ url: 'http://127.0.0.1:8080/', trust })).toBe('');
    expect(refusal({ url: 'ftp://cache.example.org/', trust, isInsecure: true })).toContain('no https:// address');
  });

  test('a registry is named with its repository, and by plain http only where that is asked for', () => {
    const { publicFile } = keyPair(folder());
    const trust = [publicFile];
    expect(refusal({ url: 'oci://ghcr.io/team/cache', trust })).toBe('');
    expect(refusal({ url: 'oci://localhost:5000/cache', trust })).toBe('');
    for (const url of [
      'oci://ghcr.io',
      'oci://ghcr.io/',
      'oci:///team',
      'oci://ghcr.io/Team',
      'oci://ghcr.io/a/../b%zz',
    ]) {
      expect(refusal({ url, trust })).toContain('names no repository');
    }
    expect(refusal({ url: 'oci://ghcr.io/team/cache:latest', trust })).toContain('without a tag');
    expect(refusal({ url: 'oci://me:s3cret@ghcr.io/team', trust })).toContain('must not hold a user');
    expect(refusal({ url: 'oci://me:s3cret@ghcr.io/team', trust })).not.toContain('s3cret');
  });

  test('reading needs somebody who is trusted, writing needs a key', () => {
    const { privateFile, publicFile } = keyPair(folder());
    expect(refusal({})).toContain('nobody is trusted');
    expect(refusal({ trust: [publicFile], mode: 'write' })).toContain('has to be signed');
    expect(refusal({ trust: [publicFile], mode: 'readwrite' })).toContain('has to be signed');
    expect(refusal({ key: privateFile })).toBe('');
    expect(refusal({ key: readFileSync(privateFile, 'utf8') })).toBe('');
    expect(refusal({ trust: [publicFile], mode: 'sometimes' })).toContain('is none of read, write, readwrite');
  });

  test('a key that is none is named, and never shown', () => {
    const { privateFile, publicFile } = keyPair(folder());
    expect(refusal({ trust: [join(folder(), 'none.pub')] })).toContain('none.pub');
    expect(refusal({ trust: [privateFile] })).toContain('it is a private key');
    expect(refusal({ trust: [publicFile], key: '-----BEGIN PRIVATE KEY-----\ns3cret' })).not.toContain('s3cret');
  });
});

import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPrivateKey, readPublicKey, writeKeys } from '../../src/system/keys.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

test('a pair is written once, its private half for its owner alone, and openssl reads both', () => {
  const base = join(folder(), 'ci');
  const written = writeKeys(base);
  expect(written).toMatchObject({ ok: true });
  expect(statSync(`${base}.key`).mode & 0o777).toBe(0o600);
  const text = (...words: string[]): string =>
    execFileSync('openssl', ['pkey', ...words, '-text', '-noout'], { encoding: 'utf8' });
  expect(text('-in', `${base}.key`)).toContain('ED25519 Private-Key');
  expect(text('-pubin', '-in', `${base}.pub`)).toContain('ED25519 Public-Key');
  const before = readFileSync(`${base}.key`, 'utf8');
  expect(writeKeys(base)).toMatchObject({ ok: false, failure: { reason: 'key-unfit', path: `${base}.key` } });
  expect(readFileSync(`${base}.key`, 'utf8')).toBe(before);
});

test('both halves have the same name', () => {
  const base = join(folder(), 'ci');
  writeKeys(base);
  const [ours, theirs] = [readPrivateKey(`${base}.key`), readPublicKey(`${base}.pub`)];
  expect(ours.ok && theirs.ok && ours.value.id).toBe(theirs.ok && theirs.value.id);
  expect(ours.ok && ours.value.id).toMatch(/^[0-9a-f]{64}$/);
});

test('what is no such key is refused with what it is', () => {
  const base = join(folder(), 'k');
  writeKeys(base);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const spki = { type: 'spki', format: 'pem' } as const;
  const locked = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  writeFileSync(`${base}.rsa`, rsa.publicKey.export(spki));
  writeFileSync(`${base}.locked`, generateKeyPairSync('ed25519').privateKey.export(locked));
  writeFileSync(`${base}.text`, 'hello');
  const detail = (result: ReturnType<typeof readPublicKey>): string => JSON.stringify(result);
  expect(detail(readPublicKey(`${base}.rsa`))).toContain('rsa');
  expect(detail(readPublicKey(`${base}.key`))).toContain('private');
  expect(detail(readPrivateKey(`${base}.pub`))).toContain('no private key');
  expect(detail(readPrivateKey(`${base}.locked`))).toContain('passphrase');
  expect(detail(readPublicKey(`${base}.text`))).toContain('no key');
});

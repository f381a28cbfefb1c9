import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findProgram, parseOsRelease, readDistribution } from '../../src/system/distribution.js';
import { packageOwning } from '../../src/system/distribution-package.js';

test('a distribution is known by its id and version, with or without quotes', () => {
  const text =
    'PRETTY_NAME="Ubuntu 24.04 LTS"\nID=ubuntu\nID_LIKE="debian"\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n';
  expect(parseOsRelease(text)).toEqual({ id: 'ubuntu', version: '24.04', like: ['debian'] });
});

test('a release that has no number yet is known by its code name', () => {
  expect(parseOsRelease("ID=debian\nVERSION_CODENAME='trixie'\n")).toEqual({
    id: 'debian',
    version: 'trixie',
    like: [],
  });
});

test('a machine that does not tell is plain linux', () => {
  expect(readDistribution('/nowhere')).toEqual({ id: 'linux', version: '', like: [] });
});

test('a program is found on the PATH or by its path, and only if it can be executed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-path-'));
  writeFileSync(join(folder, 'data'), '');
  mkdirSync(join(folder, 'directory'));
  writeFileSync(join(folder, 'tool'), '#!/bin/sh\n');
  chmodSync(join(folder, 'tool'), 0o755);
  expect(findProgram('sh')).toMatch(/\/sh$/);
  expect(findProgram(join(folder, 'tool'))).toBe(join(folder, 'tool'));
  expect(findProgram(join(folder, 'data'))).toBeUndefined();
  expect(findProgram(join(folder, 'directory'))).toBeUndefined();
  expect(findProgram('no-such-program-at-all')).toBeUndefined();
  rmSync(folder, { recursive: true });
});

test('the package that owns a program of the distribution is told, and none for a file of the user', async () => {
  const program = findProgram('qemu-system-x86_64') ?? '';
  expect(await packageOwning(program)).toMatchObject({ name: expect.stringContaining('qemu') as string });
  expect((await packageOwning('/bin/sh'))?.name).toBeDefined();
  expect(await packageOwning('/nowhere/at/all')).toBeUndefined();
});

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { changeLock, heldEntries, readRecipeLock, type RecipeLock } from '../../src/recipe/lock.js';
import {
  lockText,
  parseLock,
  type GitEntry,
  type Lock,
  type LockEntry,
  type LockKey,
} from '../../src/recipe/lock-document.js';
import type { Lockable } from '../../src/recipe/lockable.js';

const COMMIT = 'c'.repeat(40);
const firmware: GitEntry = { git: 'https://there.example/q.git', branch: 'topic/x', commit: COMMIT };
const config = { url: 'https://there.example/raw', sha256: digestBytes('') };
const lockables: Lockable[] = [
  { key: 'firmware', basis: { git: firmware.git, branch: firmware.branch } },
  { key: 'kernel-config', basis: { url: config.url } },
];

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bootlap-lock-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function read(nameOrFile = 'nemu'): RecipeLock {
  const recipeFile = join(folder, 'beside', 'mine.yaml');
  const lock = readRecipeLock({ nameOrFile, recipeFile, recipe: 'nemu', lockables, workingFolder: folder });
  if (!lock.ok) {
    throw new Error(JSON.stringify(lock.failure));
  }
  return lock.value;
}

function lockOf(recipes: Readonly<Record<string, Partial<Record<LockKey, LockEntry>>>>): Lock {
  const entriesOf = (entries: object): Map<LockKey, LockEntry> =>
    new Map(Object.entries(entries) as [LockKey, LockEntry][]);
  return new Map(Object.entries(recipes).map(([name, entries]) => [name, entriesOf(entries)]));
}

describe('a lock', () => {
  test('lies beside a recipe file, and where bootlap is called for a recipe that ships', () => {
    expect(read('beside/mine.yaml').file).toBe(join(folder, 'beside', 'bootlap.lock'));
    expect(read('nemu').file).toBe(join(folder, 'bootlap.lock'));
  });

  test('is written the same whatever came first, and reads back as it was', () => {
    const one = lockOf({
      b: { kernel: { ...firmware, insteadOf: COMMIT } },
      a: { 'kernel-config': config, firmware },
    });
    const other = lockOf({
      a: { firmware, 'kernel-config': { sha256: config.sha256, url: config.url } },
      none: {},
      b: { kernel: { insteadOf: COMMIT, ...firmware } },
    });
    expect(lockText(one)).toBe(lockText(other));
    expect(lockText(one)).toMatch(
      /^\{\n {2}"version": 1,\n {2}"recipes": \{\n {4}"a": \{\n {6}"firmware": \{\n {8}"git"/,
    );
    const parsed = parseLock(lockText(one), 'bootlap.lock');
    expect(parsed.ok && lockText(parsed.value)).toBe(lockText(one));
  });

  test('of a recipe that is named like something that every object has is its own', () => {
    expect(parseLock('{ "version": 1, "recipes": {} }', 'f')).toEqual({ ok: true, value: new Map() });
    const parsed = parseLock('{ "version": 1, "recipes": { "constructor": {} } }', 'f');
    expect(parsed.ok && parsed.value.get('constructor')).toEqual(new Map());
    expect(parsed.ok && parsed.value.get('toString')).toBeUndefined();
  });

  test('is not written where nothing differs, nor made where there is nothing to hold', () => {
    const lock = read();
    expect(changeLock(lock, 'firmware', undefined)).toMatchObject({ ok: true });
    expect(existsSync(lock.file)).toBe(false);
    const text = JSON.stringify({ recipes: { nemu: { firmware } }, version: 1 });
    writeFileSync(lock.file, text);
    changeLock(lock, 'firmware', firmware);
    expect(readFileSync(lock.file, 'utf8')).toBe(text);
  });

  test('that somebody has broken since it was read is not overwritten', () => {
    const lock = read();
    writeFileSync(lock.file, '{');
    expect(changeLock(lock, 'firmware', firmware)).toMatchObject({ failure: { reason: 'lock-invalid' } });
    expect(readFileSync(lock.file, 'utf8')).toBe('{');
  });

  test('keeps what another run has written since it was read', () => {
    const lock = read();
    changeLock(read(), 'kernel-config', config);
    changeLock(lock, 'firmware', firmware);
    expect(read().entries).toEqual(new Map(Object.entries({ 'kernel-config': config, firmware })));
  });

  test('that is a folder is a failure and no crash', () => {
    mkdirSync(join(folder, 'bootlap.lock'));
    const wanted = { nameOrFile: 'nemu', recipeFile: '/r', recipe: 'nemu', lockables, workingFolder: folder };
    expect(readRecipeLock(wanted)).toMatchObject({ failure: { reason: 'file-trouble', code: 'EISDIR' } });
  });
});

test.each([
  ['another address', { ...firmware, git: 'https://else.example/q.git' }],
  ['another branch', { ...firmware, branch: 'main' }],
  ["another commit of the recipe's", { ...firmware, insteadOf: COMMIT }],
  ['another kind of source', config],
])('an entry that was made from %s does not hold', (_case, entry) => {
  const lock = read();
  expect(heldEntries({ ...lock, entries: new Map([['firmware', firmware]]) })).toEqual(
    new Map([['firmware', firmware]]),
  );
  expect(heldEntries({ ...lock, entries: new Map([['firmware', entry]]) })).toEqual(new Map());
});

describe('an address that several recipes take a .config from', () => {
  const other = { ...config, sha256: digestBytes('other') };
  const written = (): unknown => JSON.parse(readFileSync(join(folder, 'bootlap.lock'), 'utf8'));
  const write = (lock: Lock): void => writeFileSync(join(folder, 'bootlap.lock'), lockText(lock));

  test('gives each of them the same: the second takes what is held of the first', () => {
    write(lockOf({ 'nemu-tcg': { 'kernel-config': config, firmware } }));
    expect([...heldEntries(read())]).toEqual([['kernel-config', config]]);
  });

  test('gives a recipe what is held of itself where there is such an entry', () => {
    write(lockOf({ before: { 'kernel-config': other }, nemu: { 'kernel-config': config } }));
    expect(heldEntries(read()).get('kernel-config')).toEqual(config);
  });

  test('is brought up to date for all of them at once, and nothing else is', () => {
    const elsewhere = { url: 'https://there.example/else', sha256: config.sha256 };
    write(lockOf({ 'nemu-tcg': { 'kernel-config': config, firmware }, mine: { 'kernel-config': elsewhere } }));
    expect(changeLock(read(), 'kernel-config', other)).toMatchObject({ ok: true });
    expect(written()).toMatchObject({
      recipes: {
        nemu: { 'kernel-config': other },
        'nemu-tcg': { 'kernel-config': other, firmware },
        mine: { 'kernel-config': elsewhere },
      },
    });
  });
});

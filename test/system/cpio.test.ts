import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cpioArchive, type CpioEntry } from '../../src/system/cpio.js';

const PROGRAM = Buffer.from('\x7fELF and more', 'latin1');
const ENTRIES: readonly CpioEntry[] = [
  { kind: 'file', path: 'init', permissions: 0o755, content: PROGRAM },
  { kind: 'folder', path: 'dev', permissions: 0o755 },
  { kind: 'device', path: 'dev/console', permissions: 0o600, major: 5, minor: 1 },
];

/** What the kernel's init/initramfs.c reads: thirteen fields of eight digits, a name, padding, a content, padding. */
function read(archive: Buffer): { fields: number[]; name: string; content: Buffer }[] {
  const members = [];
  for (let at = 0; at < archive.length;) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const text = archive.toString('latin1', at + 6, at + 110);
    const fields = (text.match(/[0-9a-f]{8}/g) ?? []).map((word) => Number.parseInt(word, 16));
    const [size = NaN, nameSize = NaN] = [fields[6], fields[11]];
    const body = aligned(at + 110 + nameSize);
    expect(archive[at + 110 + nameSize - 1]).toBe(0);
    const name = archive.toString('utf8', at + 110, at + 110 + nameSize - 1);
    members.push({ fields, name, content: archive.subarray(body, body + size) });
    at = aligned(body + size);
  }
  return members;
}

function aligned(at: number): number {
  return Math.ceil(at / 4) * 4;
}

test('the kernel finds a program that it may execute, a folder and the console in the archive', () => {
  const members = read(cpioArchive(ENTRIES));
  expect(members.map(({ name }) => name)).toEqual(['init', 'dev', 'dev/console', 'TRAILER!!!']);
  const modes = members.map(({ fields }) => (fields[1] ?? 0).toString(8));
  expect(modes).toEqual(['100755', '40755', '20600', '0']);
  expect(members[0]?.content).toEqual(PROGRAM);
  expect(members[2]?.fields.slice(9, 11)).toEqual([5, 1]);
});

test('no file is taken for another name of an earlier one', () => {
  const members = read(cpioArchive(ENTRIES)).slice(0, 3);
  const inodes = members.map(({ fields }) => fields[0]);
  expect(new Set(inodes).size).toBe(inodes.length);
  expect(members.map(({ fields }) => fields[4])).toEqual([1, 2, 1]);
});

test('neither the day nor the user who builds it is in the archive', () => {
  expect(cpioArchive(ENTRIES).equals(cpioArchive(structuredClone(ENTRIES)))).toBe(true);
  for (const { fields } of read(cpioArchive(ENTRIES))) {
    expect(fields.slice(2, 4)).toEqual([0, 0]);
    expect(fields[5]).toBe(0);
  }
});

test.skipIf(spawnSync('cpio', ['--version']).status !== 0)('cpio lists and unpacks what was put in', () => {
  const archive = cpioArchive(ENTRIES);
  const list = execFileSync('cpio', ['-tv', '--numeric-uid-gid'], { input: archive, encoding: 'utf8', stdio: 'pipe' });
  expect(
    list
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).at(-1)),
  ).toEqual(['init', 'dev', 'dev/console']);
  expect(list).toMatch(/^crw------- .* 5, +1 .*dev\/console$/m);
  expect(execFileSync('cpio', ['-i', '--to-stdout', 'init'], { input: archive, stdio: 'pipe' })).toEqual(PROGRAM);
});

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { readElf } from '../../src/system/elf.js';
import { parseList, sharedLibraries } from '../../src/system/shared-libraries.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

/** Compiles a program; gives its path. */
function compiled(base: string, name: string, ...words: string[]): string {
  const source = join(base, `${name}.c`);
  writeFileSync(source, 'double floor(double); int main(int n, char **v) { (void)v; return (int)floor(n / 2.0); }\n');
  execFileSync('cc', ['-fno-builtin', source, '-o', join(base, name), ...words]);
  return join(base, name);
}

test('a program is told from a static one and from what is none', () => {
  const base = folder();
  writeFileSync(join(base, 'script'), '#!/bin/sh\n');
  writeFileSync(join(base, 'short'), '\u007fELF');
  expect(readElf(compiled(base, 'dynamic', '-lm'))?.interpreter).toMatch(/^\/lib.*ld-linux-x86-64\.so\.2$/);
  expect(readElf(compiled(base, 'static', '-static', '-lm'))?.interpreter).toBeUndefined();
  expect(readElf(join(base, 'script'))).toBeUndefined();
  expect(readElf(join(base, 'short'))).toBeUndefined();
});

test('with its loader and its libraries alone in a folder, a program runs from there', async () => {
  const base = folder();
  const program = compiled(base, 'program', '-lm');
  const loader = readElf(program)?.interpreter ?? '';
  const listed = await sharedLibraries(loader, program);
  const { found, missing } = listed.ok ? listed.value : { found: new Map<string, string>(), missing: ['?'] };
  expect([...found.keys()].sort()).toEqual(['libc.so.6', 'libm.so.6']);
  expect(missing).toEqual([]);
  mkdirSync(join(base, 'lib'));
  copyFileSync(loader, join(base, 'lib', basename(loader)));
  found.forEach((file, name) => copyFileSync(file, join(base, 'lib', name)));
  const words = ['--inhibit-cache', '--library-path', join(base, 'lib'), program, 'x', 'y'];
  expect(() => execFileSync(loader, words)).toThrow(expect.objectContaining({ status: 1 }) as Error);
  expect([...found.values()].every((file) => existsSync(file))).toBe(true);
});

test('a library that is not there is named', () => {
  const text = [
    '\tlinux-vdso.so.1 (0x00007ffd)',
    '\tlibslirp.so.0 => not found',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f97c364f000)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f97c384e000)',
  ].join('\n');
  expect(parseList(text)).toEqual({
    found: new Map([['libc.so.6', '/lib/x86_64-linux-gnu/libc.so.6']]),
    missing: ['libslirp.so.0'],
  });
});

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelFormat } from '../../src/system/kernel-image.js';
import { temporaryFolders } from '../rig/folder.js';
import { fakeBzImage } from '../rig/vm-offer.js';

const folder = temporaryFolders();

const CODE = '.text\n.globl _start\n_start: hlt\n';
const note = (type: number, owner = 'Xen'): string => `.section .note.one,"a",@note
.balign 4
.long 2f - 1f, 4, ${type}
1: .asciz "${owner}"
2: .balign 4
.long 0x100000
`;

/** Links an ELF file of this many bits. */
function link(source: string, bits: 32 | 64): string {
  const here = folder();
  const run = (tool: string, ...list: string[]): unknown => execFileSync(tool, list, { cwd: here, stdio: 'pipe' });
  writeFileSync(join(here, 'k.S'), source);
  run('as', `--${bits}`, 'k.S', '-o', 'k.o');
  run('ld', '-m', bits === 32 ? 'elf_i386' : 'elf_x86_64', 'k.o', '-o', 'vmlinux');
  return join(here, 'vmlinux');
}

test.each([32, 64] as const)(
  'a %i-bit vmlinux is started by PVH when its note says where, whatever notes it has else',
  (bits) => {
    const other = note(32, 'Linux');
    expect(kernelFormat(link(CODE + other + note(18), bits))).toBe('pvh');
    expect(kernelFormat(link(CODE + other, bits))).toBe('elf');
    expect(kernelFormat(link(CODE + note(18, 'Foo'), bits))).toBe('elf');
    expect(kernelFormat(link(CODE, bits))).toBe('elf');
  },
);

test('a note section that is aligned to 8 bytes, as gcc makes one for control-flow marks, is no obstacle', () => {
  const property = `.section .note.gnu.property,"a",@note
.balign 8
.long 4, 16, 5
.asciz "GNU"
.long 0xc0000002, 4, 3, 0
`;
  expect(kernelFormat(link(CODE + property + note(18), 64))).toBe('pvh');
});

test('a bzImage is known by its mark', () => {
  expect(kernelFormat(fakeBzImage(folder()))).toBe('bzImage');
});

test('a file that is cut off, or is something else, is no kernel, or one without a note, and breaks nothing', () => {
  const here = folder();
  const whole = readFileSync(link(CODE + note(18), 64));
  const cut = (size: number): ReturnType<typeof kernelFormat> => {
    writeFileSync(join(here, 'cut'), whole.subarray(0, size));
    return kernelFormat(join(here, 'cut'));
  };
  const end = whole.indexOf('Xen\0');
  for (let size = 0; size < end; size += 1) {
    expect(cut(size)).toBe(size < 64 ? undefined : 'elf');
  }
  writeFileSync(join(here, 'text'), 'PK no kernel at all'.repeat(100));
  expect(kernelFormat(join(here, 'text'))).toBeUndefined();
});

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../../core/digest.js';
import { byCodeUnit } from '../../core/json.js';
import { followLinks } from '../../system/distribution.js';
import { digestFile, namesIfReadable } from '../../system/files.js';

/**
 * Files beside the QEMU binary whose bytes an x86 guest of ours meets, as a trace of what QEMU opens shows on `pc`,
 * `q35` and `microvm`: option ROMs that load the kernel, the local APIC's helper, the default firmware and the ROMs of
 * the default display and network card.
 */
const ROMS = [
  'bios-256k.bin',
  'bios-microvm.bin',
  'bios.bin',
  'efi-e1000.rom',
  'efi-e1000e.rom',
  'efi-virtio.rom',
  'kvmvapic.bin',
  'linuxboot.bin',
  'linuxboot_dma.bin',
  'multiboot.bin',
  'multiboot_dma.bin',
  'pvh.bin',
  'vgabios-stdvga.bin',
  'vgabios-virtio.bin',
];

/** Accelerators that a distribution may have put into a module of its own: TCG's code generator is one. */
const MODULES = ['accel-tcg-x86_64.so', 'accel-tcg-i386.so'];

/**
 * From the binary's folder, in the order in which QEMU looks (`-L help` prints it); the last are a build tree's, where
 * an older one has the binary in a folder of its own.
 */
const DATA_FOLDERS = [
  '../share/qemu',
  '../share/qemu-kvm',
  '../share/seabios',
  '../lib/ipxe/qemu',
  '../share/ipxe/qemu',
  'pc-bios',
  '../pc-bios',
];

/**
 * The data files and modules that the QEMU at `program` loads: `roms/linuxboot_dma.bin` -> absolute path.
 * Those that are not there are left out. Only folders are looked into; QEMU is not started.
 */
export function qemuDataFiles(program: string): Record<string, string> {
  const home = dirname(followLinks(program));
  const data = DATA_FOLDERS.map((folder) => join(home, folder));
  return { ...findEach('roms', ROMS, data), ...findEach('modules', MODULES, moduleFolders(home)) };
}

/** Whether a file of QEMU's data folder is one that an x86 guest of ours may meet. */
export function isQemuRom(name: string): boolean {
  return ROMS.includes(name);
}

/** What a source layout says of data files, label -> path: label and digest, in code-unit order. Throws system errors. */
export function dataDigests(data: Readonly<Record<string, string>>): { path: string; digest: Digest }[] {
  return Object.entries(data)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([path, file]) => ({ path, digest: digestFile(file) }));
}

function findEach(label: string, names: readonly string[], folders: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const path = folders.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
    if (path !== undefined) {
      found[`${label}/${name}`] = path;
    }
  }
  return found;
}

/** `/usr/lib/x86_64-linux-gnu/qemu` on Debian, `/usr/lib64/qemu` or `/usr/lib/qemu` elsewhere. */
function moduleFolders(home: string): string[] {
  const triplets = namesIfReadable(join(home, '../lib')).filter((name) => name.endsWith('-linux-gnu'));
  return [
    ...triplets.map((name) => join(home, '../lib', name, 'qemu')),
    join(home, '../lib64/qemu'),
    join(home, '../lib/qemu'),
  ];
}

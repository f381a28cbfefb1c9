import { closeSync, openSync, readSync } from 'node:fs';

/** What an x86 kernel image is to a firmware: a bzImage, an ELF file with an entry for PVH, or another ELF file. */
export type KernelFormat = 'bzImage' | 'pvh' | 'elf';

/** The format of a kernel image; `undefined` for what is none. Throws system errors. */
export function kernelFormat(path: string): KernelFormat | undefined {
  const descriptor = openSync(path, 'r');
  try {
    const read: Reader = (position, length) => {
      const block = Buffer.alloc(length);
      return block.subarray(0, readSync(descriptor, block, 0, length, position));
    };
    if (read(BOOT_PROTOCOL.position, 4).toString('latin1') === BOOT_PROTOCOL.mark) {
      return 'bzImage';
    }
    const layout = elfLayout(read(0, 64));
    return layout === undefined ? undefined : hasPvhEntry(read, layout) ? 'pvh' : 'elf';
  } finally {
    closeSync(descriptor);
  }
}

/** Of the setup header, Documentation/arch/x86/boot.rst in the kernel. */
const BOOT_PROTOCOL = { position: 0x202, mark: 'HdrS' };

/** Bytes of the file; fewer where it ends before. */
type Reader = (position: number, length: number) => Buffer;

/** What elf(5) calls the program header table, little-endian. */
interface ElfLayout {
  readonly bits: 32 | 64;
  readonly position: number;
  readonly entrySize: number;
  readonly entries: number;
}

function elfLayout(header: Buffer): ElfLayout | undefined {
  const isElf = header.length >= 52 && header.toString('latin1', 0, 4) === '\x7fELF' && header[5] === 1;
  if (!isElf) {
    return undefined;
  }
  if (header[4] === 1) {
    return word32(header);
  }
  return header[4] === 2 && header.length === 64 ? word64(header) : undefined;
}

function word32(header: Buffer): ElfLayout {
  const [entrySize, entries] = [header.readUInt16LE(0x2a), header.readUInt16LE(0x2c)];
  return { bits: 32, position: header.readUInt32LE(0x1c), entrySize, entries };
}

function word64(header: Buffer): ElfLayout {
  const [entrySize, entries] = [header.readUInt16LE(0x36), header.readUInt16LE(0x38)];
  return { bits: 64, position: Number(header.readBigUInt64LE(0x20)), entrySize, entries };
}

const PT_NOTE = 4;
/** More than any kernel has; a torn file may claim anything. */
const MOST_NOTES = 1024 * 1024;

function hasPvhEntry(read: Reader, { bits, position, entrySize, entries }: ElfLayout): boolean {
  const least = bits === 64 ? 56 : 32;
  for (let index = 0; index < entries && entrySize >= least; index += 1) {
    const entry = read(position + index * entrySize, least);
    if (entry.length === least && entry.readUInt32LE(0) === PT_NOTE) {
      const [at, size] =
        bits === 64 ? [offset64(entry, 8), offset64(entry, 32)] : [offset32(entry, 4), offset32(entry, 16)];
      const padding = bits === 64 && offset64(entry, 48) === 8 ? 8 : 4;
      if (hasPvhNote(read(at, Math.min(size, MOST_NOTES)), padding)) {
        return true;
      }
    }
  }
  return false;
}

function offset32(entry: Buffer, at: number): number {
  return entry.readUInt32LE(at);
}

function offset64(entry: Buffer, at: number): number {
  return Number(entry.readBigUInt64LE(at));
}

/** XEN_ELFNOTE_PHYS32_ENTRY: where a kernel is entered by PVH. */
const PVH_NOTE = { owner: 'Xen\0', type: 18 };

function hasPvhNote(notes: Buffer, padding: number): boolean {
  const padded = (size: number): number => Math.ceil(size / padding) * padding;
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameSize, size, type] = [notes.readUInt32LE(at), notes.readUInt32LE(at + 4), notes.readUInt32LE(at + 8)];
    if (type === PVH_NOTE.type && notes.toString('latin1', at + 12, at + 12 + nameSize) === PVH_NOTE.owner) {
      return true;
    }
    at += padded(12 + nameSize) + padded(size);
  }
  return false;
}

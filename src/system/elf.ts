import { closeSync, openSync, readSync } from 'node:fs';

/** What of an ELF file (64 bit, little endian, as all of x86-64 is) says how it is loaded. Layout: elf(5). */
export interface ElfFile {
  /** The loader that it asks for (PT_INTERP), absolute; missing in a library and in a static program. */
  readonly interpreter?: string;
  /** Of the processors that it is for, as Node calls them (`x64`), or the ELF number of others. */
  readonly architecture: string;
  /** True: it has a dynamic section, and so may need shared libraries. */
  readonly dynamic: boolean;
}

const MAGIC = 0x464c457f;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
/** e_machine -> `process.arch`. */
const ARCHITECTURES: Readonly<Record<number, string>> = { 62: 'x64', 183: 'arm64', 243: 'riscv64' };
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const LONGEST_PATH = 4096;

/** Reads an ELF file's program headers; `undefined` for a file of another kind. Throws system errors. */
export function readElf(path: string): ElfFile | undefined {
  const descriptor = openSync(path, 'r');
  try {
    const read = (offset: number, bytes: number): Buffer => {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, offset));
    };
    return parseElf(read);
  } finally {
    closeSync(descriptor);
  }
}

function parseElf(read: (offset: number, bytes: number) => Buffer): ElfFile | undefined {
  const header = read(0, HEADER_BYTES);
  const isElf = header.length === HEADER_BYTES && header.readUInt32LE(0) === MAGIC;
  if (!isElf || header[4] !== CLASS_64 || header[5] !== LITTLE_ENDIAN) {
    return undefined;
  }
  const start = Number(header.readBigUInt64LE(32));
  const count = header.readUInt16LE(56);
  const table = read(start, count * PROGRAM_HEADER_BYTES);
  const machine = header.readUInt16LE(18);
  let file: ElfFile = { dynamic: false, architecture: ARCHITECTURES[machine] ?? `ELF machine ${machine}` };
  for (let at = 0; at + PROGRAM_HEADER_BYTES <= table.length; at += PROGRAM_HEADER_BYTES) {
    const type = table.readUInt32LE(at);
    if (type === PT_DYNAMIC) {
      file = { ...file, dynamic: true };
    } else if (type === PT_INTERP) {
      const bytes = Math.min(Number(table.readBigUInt64LE(at + 32)), LONGEST_PATH);
      const text = read(Number(table.readBigUInt64LE(at + 8)), bytes).toString('utf8');
      file = { ...file, interpreter: text.replace(/\0.*$/s, '') };
    }
  }
  return file;
}

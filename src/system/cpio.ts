/** Writes cpio archives in the format "newc", the one of which Linux unpacks its initial RAM disk (initramfs). */

/** An entry of an archive. Folders have to stand before what is in them. */
export type CpioEntry = CpioFile | CpioFolder | CpioDevice;

/** A plain file. */
export interface CpioFile {
  readonly kind: 'file';
  /** Relative, with `/`. */
  readonly path: string;
  /** Permissions, such as 0o755. */
  readonly permissions: number;
  readonly content: Uint8Array;
}

/** A folder. */
export interface CpioFolder {
  readonly kind: 'folder';
  readonly path: string;
  readonly permissions: number;
}

/** A character device. */
export interface CpioDevice {
  readonly kind: 'device';
  readonly path: string;
  readonly permissions: number;
  readonly major: number;
  readonly minor: number;
}

/** The type of a file in its mode, as <sys/stat.h> has it. */
const TYPES = { file: 0o100000, folder: 0o040000, device: 0o020000 } as const;

/** Everything in the archive begins at a multiple of this. */
const ALIGNMENT = 4;

/**
 * An archive of these entries, uncompressed. The same entries give the same bytes: everything belongs to root, is of
 * 1 January 1970, and is numbered in its order.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const members = entries.map((entry, index) => member(entry.path, fieldsOf(entry, index + 1), contentOf(entry)));
  return Buffer.concat([...members, member('TRAILER!!!', { links: 1 }, NOTHING)]);
}

/** What of a header is not zero. */
interface Fields {
  readonly inode?: number;
  readonly mode?: number;
  readonly links: number;
  readonly major?: number;
  readonly minor?: number;
}

const NOTHING = new Uint8Array();

function fieldsOf(entry: CpioEntry, inode: number): Fields {
  const mode = TYPES[entry.kind] | entry.permissions;
  // A file with more than one link is taken for another name of an earlier one.
  const common = { inode, mode, links: entry.kind === 'folder' ? 2 : 1 };
  return entry.kind === 'device' ? { ...common, major: entry.major, minor: entry.minor } : common;
}

function contentOf(entry: CpioEntry): Uint8Array {
  return entry.kind === 'file' ? entry.content : NOTHING;
}

/** Header, name and content. The format is in Documentation/driver-api/early-userspace/buffer-format.rst of Linux. */
function member(
  path: string,
  { inode = 0, mode = 0, links, major = 0, minor = 0 }: Fields,
  content: Uint8Array,
): Buffer {
  const name = Buffer.from(`${path}\0`);
  const [uid, gid, time, fileSystemMajor, fileSystemMinor, checksum] = [0, 0, 0, 0, 0, 0];
  const fields = [inode, mode, uid, gid, links, time, content.length, fileSystemMajor, fileSystemMinor, major, minor];
  const words = [...fields, name.length, checksum].map((field) => field.toString(16).padStart(8, '0'));
  return Buffer.concat([padded(Buffer.concat([Buffer.from(`070701${words.join('')}`), name])), padded(content)]);
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
}

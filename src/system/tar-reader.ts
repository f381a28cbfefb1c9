import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { Parser, ReadEntry } from 'tar';
import type { Digest } from '../core/digest.js';
import type { Interrupted } from '../core/failures/build.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, fileFailure, isSystemError, type FileFailure } from './files.js';

/** One entry of an archive that was read through and not unpacked. */
export interface ReadTarEntry {
  /** As the archive has it, which may be anything. */
  readonly path: string;
  /** `File`, `Directory`, `SymbolicLink`, `CharacterDevice`, ... */
  readonly type: string;
  /** Where a link leads. */
  readonly target?: string;
  readonly bytes: number;
  readonly executable: boolean;
  /** There where its mode has more than the rights to read, write and execute: set-user-id and the like. */
  readonly privileged?: true;
  /** Of a file's bytes. */
  readonly digest: Digest;
  /** The content, of those that were asked for. */
  readonly text?: string;
}

/** How far a reader goes along with an archive. */
export interface TarBounds {
  readonly entries: number;
  /** Of one file. */
  readonly fileBytes: number;
  /** Of all files together. */
  readonly totalBytes: number;
  /** Unpacked bytes for each packed one, beyond 64 MiB. */
  readonly ratio: number;
  /** Of all contents together that are kept in memory. */
  readonly textBytes: number;
}

/** What is read, and how far. */
export interface TarReading {
  readonly file: string;
  readonly bounds: TarBounds;
  /** Whether the content of the entry at this path is wanted as text. */
  readonly wantsText: (path: string) => boolean;
  readonly signal?: AbortSignal;
}

/** An archive as it was read: its entries, and why the reading ended before its end, if it did. */
export interface ReadTar {
  readonly entries: readonly ReadTarEntry[];
  readonly broken?: { readonly path?: string; readonly detail: string };
}

const FREE_BYTES = 64 * 1024 * 1024;
const BLOCK = 512;

/**
 * Reads a gzipped tar from its beginning to its end in one pass, digests every file and writes nothing. What is wrong
 * with the archive itself (torn, cut, no tar, beyond the bounds) is in the answer, with the entry at which it showed.
 * Fails only where the file cannot be read, or with `interrupted`.
 */
export async function readTarGz(reading: TarReading): Promise<Result<ReadTar, FileFailure | Interrupted>> {
  const size = attempt(reading.file, () => statSync(reading.file).size);
  return size.ok ? new Reader(reading, size.value).read() : size;
}

class Reader {
  private readonly entries: ReadTarEntry[] = [];
  private broken: ReadTar['broken'];
  /** The entry that is being read. */
  private current: string | undefined;
  private body: ReadEntry | undefined;
  private unpackedBytes = 0;
  private total = 0;
  /** Bytes of contents that are in memory. */
  private kept = 0;
  /** Whether the mark came that ends a whole tar. */
  private sawEnd = false;

  constructor(
    private readonly reading: TarReading,
    private readonly packedBytes: number,
  ) {}

  async read(): Promise<Result<ReadTar, FileFailure | Interrupted>> {
    const { file, signal } = this.reading;
    // Loaded before the file is opened: an error that came meanwhile would meet nobody who listens.
    const parser = await this.parser();
    const packed = createReadStream(file, { highWaterMark: 1024 * 1024 });
    const unpacked = createGunzip();
    // An error of the file shows where the unpacked bytes are read.
    packed.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
    try {
      await this.parse(parser, unpacked);
    } catch (error) {
      if (isSystemError(error)) {
        return failed(fileFailure(error, file));
      }
      this.complain(gzipComplaint(error));
    } finally {
      packed.destroy();
      unpacked.destroy();
    }
    if (signal?.aborted === true) {
      return failed({ reason: 'interrupted' });
    }
    if (this.broken === undefined && unpacked.bytesWritten < this.packedBytes) {
      this.complain(`${this.packedBytes - unpacked.bytesWritten} bytes follow its end`, 'nowhere');
    }
    return success({ entries: this.entries, ...(this.broken && { broken: this.broken }) });
  }

  private async parse(parser: Parser, unpacked: AsyncIterable<unknown>): Promise<void> {
    for await (const chunk of unpacked) {
      this.feed(parser, chunk as Buffer);
      this.boundRatio();
      if (this.broken !== undefined || this.reading.signal?.aborted === true) {
        return;
      }
    }
    parser.end();
    if (!this.sawEnd) {
      this.complain('it ends before the mark that ends a tar');
    } else if (this.unpackedBytes % BLOCK !== 0) {
      this.complain('it ends in the middle of a block', 'nowhere');
    }
  }

  /** Block by block where there is no file's body, so that the place is known at which the tar ends. */
  private feed(parser: Parser, chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.broken === undefined) {
      if (this.sawEnd) {
        this.refuseHidden(chunk.subarray(at));
        this.unpackedBytes += chunk.length - at;
        return;
      }
      const toBoundary = BLOCK - (this.unpackedBytes % BLOCK);
      const step = chunk.subarray(at, at + Math.max(toBoundary, this.body?.blockRemain ?? 0));
      parser.write(step);
      at += step.length;
      this.unpackedBytes += step.length;
    }
  }

  /** A tar ends with zeros; anything else after its mark is hidden from whoever lists it. */
  private refuseHidden(rest: Buffer): void {
    if (rest.some((byte) => byte !== 0)) {
      this.complain('something follows the mark that ends its tar', 'nowhere');
    }
  }

  private async parser(): Promise<Parser> {
    const { Parser } = await import('tar');
    const { bounds } = this.reading;
    const parser = new Parser({
      maxMetaEntrySize: 64 * 1024,
      onReadEntry: (entry) => this.take(entry),
      onwarn: (code, message) => {
        if (code === 'TAR_BAD_ARCHIVE' || code === 'TAR_ENTRY_INVALID' || code === 'TAR_ABORT') {
          this.complain(message);
        }
      },
    });
    parser.on('eof', () => (this.sawEnd = true));
    parser.on('meta', () =>
      this.complain('it has an extended header, which programs read in ways of their own', 'nowhere'),
    );
    parser.on('ignoredEntry', (entry: ReadEntry) => {
      if (this.entries.length < bounds.entries) {
        this.entries.push(this.entry(entry, '' as Digest));
      }
    });
    return parser;
  }

  private take(entry: ReadEntry): void {
    const { bounds } = this.reading;
    this.current = entry.path;
    this.body = entry;
    this.total += entry.size;
    if (this.entries.length >= bounds.entries) {
      this.complain(`it has more than ${bounds.entries} entries`);
    } else if (entry.size > bounds.fileBytes) {
      this.complain(`it is said to have ${entry.size} bytes, and ${bounds.fileBytes} are the most`);
    } else if (this.total > bounds.totalBytes) {
      this.complain(`with it the files have more than ${bounds.totalBytes} bytes together`);
    }
    if (this.broken !== undefined) {
      entry.resume();
      return;
    }
    this.digest(entry);
  }

  private digest(entry: ReadEntry): void {
    const { wantsText, bounds } = this.reading;
    const hash = createHash('sha256');
    const fits = wantsText(entry.path) && this.kept + entry.size <= bounds.textBytes;
    this.kept += fits ? entry.size : 0;
    const kept: Buffer[] | undefined = fits ? [] : undefined;
    entry.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      kept?.push(Buffer.from(chunk));
    });
    entry.on('end', () => {
      const text = kept === undefined ? {} : { text: Buffer.concat(kept).toString('utf8') };
      this.entries.push({ ...this.entry(entry, hash.digest('hex') as Digest), ...text });
      this.current = undefined;
      this.body = undefined;
    });
  }

  private entry(entry: ReadEntry, digest: Digest): ReadTarEntry {
    const { path, type, size, linkpath, mode = 0 } = entry;
    return {
      path,
      type,
      bytes: size,
      executable: (mode & 0o100) !== 0,
      ...((mode & 0o7000) === 0 ? {} : { privileged: true }),
      digest,
      ...(linkpath === undefined || linkpath === '' ? {} : { target: linkpath }),
    };
  }

  private boundRatio(): void {
    const { ratio } = this.reading.bounds;
    if (this.unpackedBytes > FREE_BYTES && this.unpackedBytes > ratio * this.packedBytes) {
      this.complain(`it unpacks to more than ${ratio} times its size`);
    }
  }

  /** The first complaint counts: the others follow from it. */
  private complain(detail: string, where: 'here' | 'nowhere' = 'here'): void {
    const path = where === 'here' && this.current !== undefined ? { path: this.current } : {};
    this.broken ??= { ...path, detail };
  }
}

function gzipComplaint(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'Z_BUF_ERROR':
      return 'it is cut short';
    case 'Z_DATA_ERROR':
      return `it is damaged, or no gzip file (${(error as Error).message})`;
    default:
      throw error;
  }
}

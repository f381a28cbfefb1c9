import { closeSync, createReadStream, mkdirSync, openSync, readSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Parser } from 'tar';
import type { ArchiveBroken, Interrupted, PathOutside } from '../core/failures/build.js';
import type { ToolMissing } from '../core/failures/host.js';
import { done, failed, success, type Result } from '../core/result.js';
import { ArchiveWriter, type Layer } from './archive-entries.js';
import { attemptAsync, remove, uniqueSuffix, type FileFailure } from './files.js';

/** Archives that make up one folder, unpacked one over the other. */
export interface Unpacking {
  readonly layers: readonly ArchiveToUnpack[];
  /** Where the files go. It must not be there yet; it appears whole or not at all. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** Called now and then with the number of files written so far. */
  readonly onProgress?: (files: number) => void;
}

/** One archive: a tar, plain or packed by gzip, xz, bzip2 or zstd, which its first bytes tell. */
export interface ArchiveToUnpack extends Layer {
  /** Absolute path. */
  readonly file: string;
}

export type ArchiveFailure = PathOutside | ArchiveBroken | ToolMissing | Interrupted | FileFailure;

/**
 * Unpacks archives into a new folder. Ownership is dropped, modes become 0644 and 0755, times are kept.
 *
 * Fails with `path-outside` (an entry that leads out of the folder or through a symbolic link),
 * `archive-broken` (torn, truncated, no tar, or holding devices), `tool-missing` (no decompressor) and file failures.
 * Nothing is left of a folder that could not be made whole.
 */
export async function unpackArchives(unpacking: Unpacking): Promise<Result<{ files: number }, ArchiveFailure>> {
  const staging = join(dirname(unpacking.folder), `${basename(unpacking.folder)}.tmp-${uniqueSuffix()}`);
  const unpacked = await attemptAsync(staging, async () => {
    mkdirSync(staging, { recursive: true });
    const writer = new ArchiveWriter(staging);
    for (const layer of unpacking.layers) {
      const written = await unpackLayer(layer, writer, unpacking);
      if (!written.ok) {
        return written;
      }
    }
    renameSync(staging, unpacking.folder);
    return success({ files: writer.files });
  });
  const result = unpacked.ok ? unpacked.value : unpacked;
  if (!result.ok) {
    remove(staging);
  }
  return result;
}

async function unpackLayer(
  layer: ArchiveToUnpack,
  writer: ArchiveWriter,
  { signal, onProgress }: Unpacking,
): Promise<Result<void, ArchiveFailure>> {
  const end: LayerEnd = { layer, stopped: false, complaint: undefined, sawEnd: false };
  const parser = await parserFor(layer, writer, end);
  writer.begin(layer);
  const stream = await openTar(layer.file);
  for await (const chunk of stream.bytes) {
    parser.write(chunk as Buffer);
    end.stopped = signal?.aborted === true;
    if (writer.failure !== undefined || end.stopped) {
      break;
    }
    onProgress?.(writer.files);
  }
  end.complaint = await stream.end();
  if (writer.failure === undefined && !end.stopped && end.complaint === undefined) {
    parser.end();
  }
  writer.end();
  return verdict(end, writer);
}

/** How the unpacking of a layer ended. */
interface LayerEnd {
  readonly layer: ArchiveToUnpack;
  stopped: boolean;
  complaint: ToolMissing | string | undefined;
  /** Whether the mark came that ends a whole tar. */
  sawEnd: boolean;
}

async function parserFor(layer: ArchiveToUnpack, writer: ArchiveWriter, end: LayerEnd): Promise<Parser> {
  const { Parser } = await import('tar');
  const parser = new Parser({
    onReadEntry: (entry) => writer.take(entry),
    onwarn: (code, message) => {
      // Everything else that is warned of is an entry that the writer judges itself.
      if (code === 'TAR_BAD_ARCHIVE' || code === 'TAR_ENTRY_INVALID') {
        writer.refuse(broken(layer, message));
      }
    },
  });
  parser.on('eof', () => (end.sawEnd = true));
  parser.on('ignoredEntry', (entry: { path: string; type: string }) => writer.takeUnknown(entry));
  return parser;
}

function verdict(end: LayerEnd, writer: ArchiveWriter): Result<void, ArchiveFailure> {
  if (end.stopped) {
    return failed({ reason: 'interrupted' });
  }
  if (writer.failure !== undefined) {
    return failed(writer.failure);
  }
  if (end.complaint !== undefined) {
    return failed(typeof end.complaint === 'string' ? broken(end.layer, end.complaint) : end.complaint);
  }
  // A tar that was cut between two entries is told from a whole one by its end mark alone.
  return end.sawEnd ? done : failed(broken(end.layer, 'it ends before its end mark'));
}

function broken(layer: ArchiveToUnpack, detail: string): ArchiveBroken {
  return { reason: 'archive-broken', file: layer.file, detail };
}

/** A running decompression. */
interface TarStream {
  readonly bytes: AsyncIterable<unknown>;
  /** Ends it, and tells what went wrong by itself. */
  end(): Promise<ToolMissing | string | undefined>;
}

/** Program that unpacks a format to its standard output, by the format's first bytes. */
const DECOMPRESSORS: readonly { readonly magic: string; readonly command: readonly [string, ...string[]] }[] = [
  { magic: '1f8b', command: ['gzip', '-dc', '--'] },
  // Archives of several blocks are unpacked by several threads.
  { magic: 'fd377a585a00', command: ['xz', '-dc', '-T0', '--'] },
  { magic: '425a68', command: ['bzip2', '-dc', '--'] },
  { magic: '28b52ffd', command: ['zstd', '-dcq', '--'] },
];

async function openTar(file: string): Promise<TarStream> {
  const start = firstBytes(file);
  const found = DECOMPRESSORS.find(({ magic }) => start.startsWith(magic));
  return found === undefined ? openPlain(file) : openCompressed(file, found.command);
}

function firstBytes(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(6);
    return bytes.subarray(0, readSync(descriptor, bytes)).toString('hex');
  } finally {
    closeSync(descriptor);
  }
}

function openPlain(file: string): TarStream {
  const bytes = createReadStream(file, { highWaterMark: 1024 * 1024 });
  return {
    bytes,
    end: () => {
      bytes.destroy();
      return Promise.resolve(undefined);
    },
  };
}

async function openCompressed(file: string, command: readonly [string, ...string[]]): Promise<TarStream> {
  const { execa } = await import('execa');
  const [program, ...options] = command;
  const child = execa(program, [...options, file], {
    reject: false,
    buffer: { stdout: false },
    stdin: 'ignore',
    encoding: 'buffer',
  });
  return {
    bytes: child.stdout,
    async end() {
      const wanted = !child.stdout.readableEnded;
      child.kill();
      const result = await child;
      if (result.code === 'ENOENT') {
        return {
          reason: 'tool-missing',
          tool: program,
          neededBy: `unpacking ${basename(file)}`,
          package: packageOf(program),
        };
      }
      return wanted || !result.failed
        ? undefined
        : complaintOf(program, Buffer.from(result.stderr).toString(), result.exitCode);
    },
  };
}

function packageOf(program: string): string {
  return program === 'xz' ? 'xz-utils' : program;
}

function complaintOf(program: string, stderr: string, status: number | undefined): string {
  const line = stderr.trim().split('\n').at(-1);
  return line === undefined || line === '' ? `${program} ended with status ${status ?? 'unknown'}` : line;
}

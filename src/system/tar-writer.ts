import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { digestBytes, type Digest } from '../core/digest.js';
import type { FileTrouble } from '../core/failures/host.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, attemptAsync, makeFolder, uniqueSuffix, type FileFailure } from './files.js';

/** A file that goes into an archive. */
export interface TarFile {
  /** Relative, with `/`, at most 100 bytes of ASCII for its last part and 155 for the folders before it. */
  readonly path: string;
  readonly executable: boolean;
  readonly bytes: number;
  readonly digest: Digest;
  /** Its content, or the absolute path of the file that has it. */
  readonly content: TarContent;
}

export type TarContent = { readonly text: string } | { readonly file: string };

/** What came of it. */
export interface WrittenTar {
  /** Of the archive. */
  readonly bytes: number;
  readonly digest: Digest;
}

/** All that a tar's header says of a file besides its name, size and mode is the same for every file: 1 January 1980. */
const EPOCH = new Date(Date.UTC(1980, 0, 1));
const BLOCK = 512;
/** Byte 9 of a gzip header names the operating system; 255 is "unknown". */
const GZIP_SYSTEM_BYTE = 9;
const UNKNOWN_SYSTEM = 255;

/**
 * Writes a gzipped tar whose bytes hang on the files' paths, modes and contents alone: the files in the order in which
 * they are given, owner 0, one time for all. The file appears whole or not at all.
 * Fails with file failures; `file-trouble` where a file is not what its digest says.
 */
export async function writeTarGz(file: string, files: readonly TarFile[]): Promise<Result<WrittenTar, FileFailure>> {
  const staged = `${file}.${uniqueSuffix()}.tmp`;
  const meter = new Meter();
  const written = await attemptAsync(file, async () => {
    makeFolder(dirname(file));
    const wrong = { failure: undefined as FileTrouble | undefined };
    const blocks = Readable.from(
      tarBlocks(files, (failure) => (wrong.failure = failure)),
      { objectMode: false },
    );
    await pipeline(blocks, createGzip({ level: 6 }), withoutSystem(), meter, createWriteStream(staged));
    if (wrong.failure !== undefined) {
      return failed(wrong.failure);
    }
    renameSync(staged, file);
    return success(meter.written());
  });
  const result = written.ok ? written.value : written;
  if (!result.ok) {
    // Where not even its folder could be made, there is nothing.
    attempt(staged, () => rmSync(staged, { force: true }));
  }
  return result;
}

async function* tarBlocks(files: readonly TarFile[], complain: (failure: FileTrouble) => void): AsyncGenerator<Buffer> {
  const { Header } = await import('tar');
  for (const file of files) {
    const header = new Header({
      ...{ path: file.path, type: 'File', size: file.bytes, mode: file.executable ? 0o755 : 0o644 },
      ...{ mtime: EPOCH, uid: 0, gid: 0, uname: '', gname: '' },
    });
    if (header.encode()) {
      throw new Error(`${file.path} does not go into the header of a tar`);
    }
    yield header.block ?? Buffer.alloc(0);
    const wrong = yield* checkedContent(file);
    if (wrong !== undefined) {
      complain(wrong);
      return;
    }
    yield Buffer.alloc((BLOCK - (file.bytes % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Two blocks of one tar never hang on a file that was changed after it was digested. */
async function* checkedContent({ path, content, digest }: TarFile): AsyncGenerator<Buffer, FileTrouble | undefined> {
  if ('text' in content) {
    yield Buffer.from(content.text);
    return undefined;
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(content.file, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  return hash.digest('hex') === digest
    ? undefined
    : {
        reason: 'file-trouble',
        path: content.file,
        code: 'EBUSY',
        detail: `it was changed while it was put into the archive as ${path}`,
      };
}

/** zlib writes which system it runs on into the header. */
function withoutSystem(): Transform {
  let begun = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!begun && chunk.length > GZIP_SYSTEM_BYTE) {
        chunk[GZIP_SYSTEM_BYTE] = UNKNOWN_SYSTEM;
      }
      begun = true;
      done(undefined, chunk);
    },
  });
}

/** Counts and digests what goes through. */
class Meter extends Transform {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.hash.update(chunk);
    this.bytes += chunk.length;
    done(null, chunk);
  }

  written(): WrittenTar {
    return { bytes: this.bytes, digest: this.hash.digest('hex') as Digest };
  }
}

/** A text as a file of an archive. */
export function textFile(path: string, text: string, executable = false): TarFile {
  return { path, executable, bytes: Buffer.byteLength(text), digest: digestBytes(text), content: { text } };
}

import { closeSync, createReadStream, createWriteStream, openSync, readSync, statSync } from 'node:fs';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { isDigest, type Digest } from '../core/digest.js';
import type { Json, JsonObject } from '../core/json.js';
import { attempt, attemptAsync, digestFile } from '../system/files.js';

/** How bytes are stored. */
export type Encoding = 'identity' | 'gzip' | 'zstd';

/** What stands for an object on the server: the bytes that lie there, and how to get the object's from them. */
export interface Packed {
  /** Digest of the stored bytes, by which they are found. */
  readonly stored: Digest;
  /** How many they are. */
  readonly bytes: number;
  /** How many bytes the object has. */
  readonly size: number;
  readonly encoding: Encoding;
}

/** Node has it from 22.15 on. */
interface Zstd {
  readonly createZstdCompress?: () => Transform;
  readonly createZstdDecompress?: () => Transform;
}
const { createZstdCompress, createZstdDecompress } = zlib as Zstd;

/** What this Node compresses with. */
export const BEST_ENCODING: Encoding = createZstdCompress === undefined ? 'gzip' : 'zstd';

const SAMPLE = 64 * 1024;
/** Below this a header outweighs what is saved. */
const LEAST = 512;
/** What a sample has to shrink to; archives that are compressed already do not. */
const WORTH_IT = 0.9;

/** An object ready to be sent. */
export interface Sendable {
  readonly packed: Packed;
  /** The file with the stored bytes: the object itself, or one at `scratch`. */
  readonly path: string;
}

/** Compresses an object into `scratch` where its bytes shrink by it. `undefined` where it cannot be read or written. */
export async function pack(digest: Digest, path: string, scratch: string): Promise<Sendable | undefined> {
  const made = await attemptAsync(path, async (): Promise<Sendable> => {
    const size = statSync(path).size;
    if (size < LEAST || !shrinks(path)) {
      return { path, packed: { stored: digest, bytes: size, size, encoding: 'identity' } };
    }
    await pipeline(createReadStream(path), compressor(), createWriteStream(scratch));
    const bytes = statSync(scratch).size;
    return { path: scratch, packed: { stored: digestFile(scratch), bytes, size, encoding: BEST_ENCODING } };
  });
  return made.ok ? made.value : undefined;
}

function compressor(): Transform {
  return createZstdCompress?.() ?? zlib.createGzip({ level: 6 });
}

function shrinks(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const sample = Buffer.alloc(SAMPLE);
    const length = readSync(descriptor, sample, 0, SAMPLE, 0);
    return zlib.gzipSync(sample.subarray(0, length), { level: 1 }).length < length * WORTH_IT;
  } finally {
    closeSync(descriptor);
  }
}

/** Whether this Node can undo an encoding. */
export function canUnpack(encoding: Encoding): boolean {
  return encoding !== 'zstd' || createZstdDecompress !== undefined;
}

/** An object that is wanted, what stands for it, and where it is to lie. */
export interface Wanted {
  readonly digest: Digest;
  readonly packed: Packed;
  readonly to: string;
}

/**
 * Undoes the encoding of stored bytes, from one file into another, and checks the object's digest. Bytes that would
 * become more than they should are not written on. False where they are not the object's.
 */
export async function unpack({ digest, packed, to }: Wanted, from: string): Promise<boolean> {
  const { encoding, size } = packed;
  const undo = encoding === 'zstd' ? createZstdDecompress?.() : zlib.createGunzip();
  if (undo === undefined) {
    return false;
  }
  try {
    await pipeline(createReadStream(from), undo, atMost(size), createWriteStream(to, { mode: 0o444 }));
  } catch {
    return false;
  }
  const found = attempt(to, () => digestFile(to));
  return found.ok && found.value === digest;
}

function atMost(size: number): (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* (chunks) {
    let length = 0;
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > size) {
        throw new Error('more bytes than there should be');
      }
      yield chunk;
    }
  };
}

/** Whether a value is a {@link Packed}. */
export function isPacked(value: Json | undefined): boolean {
  return (
    isObject(value) &&
    typeof value['stored'] === 'string' &&
    isDigest(value['stored']) &&
    ['identity', 'gzip', 'zstd'].some((encoding) => encoding === value['encoding']) &&
    [value['bytes'], value['size']].every((count) => Number.isSafeInteger(count) && Number(count) >= 0)
  );
}

/** Whether a value is a mapping. */
export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

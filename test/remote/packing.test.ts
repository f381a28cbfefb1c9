import { createHash } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { digestBytes, type Digest } from '../../src/core/digest.js';
import { BEST_ENCODING, canUnpack, pack, unpack, type Packed, type Sendable } from '../../src/remote/packing.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();
const hasZstd = 'createZstdCompress' in zlib;

/** Half of it shrinks. */
const CONTENT = Buffer.concat(
  Array.from({ length: 200 }, (_, index) => {
    const noise = createHash('sha512').update(String(index)).digest();
    return Buffer.concat([noise, Buffer.from('the same in each '.repeat(40))]);
  }),
);

async function packed(content: Buffer, base = folder()): Promise<{ base: string; digest: Digest; sent: Sendable }> {
  const path = join(base, 'object');
  writeFileSync(path, content);
  const digest = digestBytes(content);
  const sent = await pack(digest, path, join(base, 'packed'));
  if (sent === undefined) {
    throw new Error('it was not packed');
  }
  return { base, digest, sent };
}

test.runIf(hasZstd)('a Node.js with zstd compresses with it', async () => {
  expect(BEST_ENCODING).toBe('zstd');
  const { sent } = await packed(CONTENT);
  expect(readFileSync(sent.path).subarray(0, 4).toString('hex')).toBe('28b52ffd');
});

test.runIf(!hasZstd)('a Node.js without zstd compresses with gzip, and says that it cannot undo zstd', async () => {
  expect(BEST_ENCODING).toBe('gzip');
  expect(canUnpack('zstd')).toBe(false);
  const { base, digest, sent } = await packed(CONTENT);
  const foreign: Packed = { ...sent.packed, encoding: 'zstd' };
  expect(await unpack({ digest, packed: foreign, to: join(base, 'out') }, sent.path)).toBe(false);
});

describe(`an object that was packed with ${BEST_ENCODING}`, () => {
  test('is what it was when it is unpacked, and its stored bytes have the digest that they are found by', async () => {
    const { base, digest, sent } = await packed(CONTENT);
    expect(sent.packed).toMatchObject({ encoding: BEST_ENCODING, size: CONTENT.length });
    expect(sent.packed.bytes).toBeLessThan(CONTENT.length / 2);
    expect(digestBytes(readFileSync(sent.path))).toBe(sent.packed.stored);
    expect(await unpack({ digest, packed: sent.packed, to: join(base, 'out') }, sent.path)).toBe(true);
    expect(readFileSync(join(base, 'out'))).toEqual(CONTENT);
  });

  test('is refused where a byte of it is another, or the end is missing', async () => {
    const { base, digest, sent } = await packed(CONTENT);
    const whole = readFileSync(sent.path);
    for (const at of [0, whole.length >> 2, whole.length >> 1]) {
      const spoilt = Buffer.from(whole);
      spoilt.writeUInt8((spoilt.readUInt8(at) + 1) % 256, at);
      const [from, to] = [join(base, 'spoilt'), join(base, `out${at}`)];
      writeFileSync(from, spoilt);
      expect(await unpack({ digest, packed: sent.packed, to }, from)).toBe(false);
    }
    truncateSync(sent.path, whole.length - 9);
    expect(await unpack({ digest, packed: sent.packed, to: join(base, 'torn') }, sent.path)).toBe(false);
  });

  test('that becomes more than it should is not written on', async () => {
    const { base, digest, sent } = await packed(Buffer.alloc(50_000_000));
    const small: Packed = { ...sent.packed, size: 1000 };
    expect(await unpack({ digest, packed: small, to: join(base, 'out') }, sent.path)).toBe(false);
    expect(existsSync(join(base, 'out')) ? readFileSync(join(base, 'out')).length : 0).toBeLessThanOrEqual(1000);
  });

  test('is sent as it is where it does not shrink, or is small', async () => {
    const noise = Buffer.concat(Array.from({ length: 999 }, (_, i) => createHash('sha512').update(`${i}`).digest()));
    for (const content of [noise, Buffer.from('small')]) {
      const { digest, sent } = await packed(content);
      expect(sent.packed).toEqual({
        stored: digest,
        bytes: content.length,
        size: content.length,
        encoding: 'identity',
      });
    }
  });
});

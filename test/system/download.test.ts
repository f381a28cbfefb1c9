import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { downloadFile, type Download } from '../../src/system/download.js';
import { startHttpRig, type HttpRig } from '../rig/http.js';

const BYTES = randomBytes(300_000);
const SHA256 = digestBytes(BYTES);

let server: HttpRig;
let folder: string;

beforeEach(async () => {
  server = await startHttpRig();
  folder = mkdtempSync(join(tmpdir(), 'bootlap-download-'));
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function wanted(urls: readonly string[], more: Partial<Download> = {}): Download {
  return { name: 'thing.tar', urls, sha256: SHA256, folder, stallMilliseconds: 300, pauseMilliseconds: 5, ...more };
}

async function expectDownloaded(download: Download): Promise<void> {
  expect(await downloadFile(download)).toEqual({ ok: true, value: join(folder, SHA256) });
  expect(readFileSync(join(folder, SHA256)).equals(BYTES)).toBe(true);
  expect(readdirSync(folder)).toEqual([SHA256]);
}

describe('a download', () => {
  test('brings the bytes under the name of their digest and tells how far it is', async () => {
    const url = server.put('/thing.tar', BYTES);
    const seen: (number | undefined)[][] = [];
    await expectDownloaded(wanted([url], { onProgress: (done, total) => seen.push([done, total]) }));
    expect(seen.at(-1)).toEqual([BYTES.length, BYTES.length]);
  });

  test('asks no server for what is here already', async () => {
    const url = server.put('/thing.tar', BYTES);
    await expectDownloaded(wanted([url]));
    await expectDownloaded(wanted([url]));
    expect(server.seen).toHaveLength(1);
  });

  test('fetches a finished file anew when its bytes have gone bad', async () => {
    writeFileSync(join(folder, SHA256), 'rotten');
    await expectDownloaded(wanted([server.put('/thing.tar', BYTES)]));
  });

  test('goes on where a server broke off, and does not fetch the beginning twice', async () => {
    const url = server.put('/thing.tar', BYTES, { kind: 'stop-after', bytes: 100_000 }, { kind: 'serve' });
    await expectDownloaded(wanted([url]));
    expect(server.seen.map((request) => request.range)).toEqual([undefined, 'bytes=100000-']);
  });

  test('goes on where an earlier run was killed', async () => {
    writeFileSync(join(folder, `${SHA256}.part`), BYTES.subarray(0, 250_000));
    await expectDownloaded(wanted([server.put('/thing.tar', BYTES)]));
    expect(server.seen).toEqual([{ path: '/thing.tar', range: 'bytes=250000-' }]);
  });

  test('that was killed between the last byte and the renaming is found complete', async () => {
    writeFileSync(join(folder, `${SHA256}.part`), BYTES);
    await expectDownloaded(wanted([server.put('/thing.tar', BYTES)]));
  });

  test('starts over when the server knows no ranges', async () => {
    const url = server.put(
      '/thing.tar',
      BYTES,
      { kind: 'stop-after', bytes: 100_000 },
      { kind: 'serve-without-ranges' },
    );
    await expectDownloaded(wanted([url]));
  });

  test('starts over when what an earlier try left is of another file', async () => {
    writeFileSync(join(folder, `${SHA256}.part`), randomBytes(1000));
    await expectDownloaded(wanted([server.put('/thing.tar', BYTES)]));
  });

  test('starts over when what an earlier try left is longer than the file', async () => {
    writeFileSync(join(folder, `${SHA256}.part`), randomBytes(BYTES.length + 5));
    await expectDownloaded(wanted([server.put('/thing.tar', BYTES)]));
  });

  test('gives up a server that falls silent, keeps what came, and goes on at the mirror', async () => {
    const slow = server.put('/slow.tar', BYTES, { kind: 'stall-after', bytes: 120_000 }, { kind: 'hang' });
    const mirror = server.put('/mirror.tar', BYTES);
    await expectDownloaded(wanted([slow, mirror]));
    expect(server.seen.at(-1)).toEqual({ path: '/mirror.tar', range: 'bytes=120000-' });
  });

  test('tries again after a 500, and takes the next mirror at once after a 404', async () => {
    const busy = server.put('/busy.tar', BYTES, { kind: 'status', status: 503 }, { kind: 'serve' });
    await expectDownloaded(wanted([`${server.address}/missing.tar`, busy]));
    expect(server.seen.map((request) => request.path)).toEqual(['/missing.tar', '/busy.tar', '/busy.tar']);
  });

  test('asks a silent address once while another one is left', async () => {
    const silent = server.put('/silent.tar', BYTES, { kind: 'hang' });
    await expectDownloaded(wanted([silent, server.put('/mirror.tar', BYTES)]));
    expect(server.seen.map((request) => request.path)).toEqual(['/silent.tar', '/mirror.tar']);
  });

  test('follows a redirection', async () => {
    const target = server.put('/target.tar', BYTES);
    await expectDownloaded(wanted([server.put('/thing.tar', BYTES, { kind: 'redirect', to: target })]));
  });

  test('takes file addresses too', async () => {
    const path = join(folder, '..', `bootlap-source-${SHA256.slice(0, 8)}.tar`);
    writeFileSync(path, BYTES);
    await expectDownloaded(wanted(['file:///nowhere/at/all.tar', pathToFileURL(path).href]));
    rmSync(path);
  });

  test('that two steps want at once is fetched once', async () => {
    const download = wanted([server.put('/thing.tar', BYTES)]);
    await Promise.all([expectDownloaded(download), downloadFile(download)]);
    expect(server.seen).toHaveLength(1);
  });
});

describe('a download that cannot be had', () => {
  test('says of every address what came of it', async () => {
    const urls = [
      `${server.address}/missing.tar`,
      server.put('/broken.tar', BYTES, { kind: 'status', status: 500 }),
      server.put('/silent.tar', BYTES, { kind: 'hang' }),
      'http://127.0.0.1:1/closed.tar',
      'ftp://127.0.0.1/thing.tar',
    ];
    const result = await downloadFile(wanted(urls));
    expect(result).toMatchObject({ ok: false, failure: { reason: 'download-failed', file: 'thing.tar' } });
    const details = !result.ok && result.failure.reason === 'download-failed' ? result.failure.attempts : [];
    expect(details.map((attempt) => attempt.url)).toEqual(urls);
    expect(details.map((attempt) => attempt.detail)).toEqual([
      'answered 404',
      'answered 500',
      'stalled for 0.3 s',
      expect.stringContaining('ECONNREFUSED'),
      'is no https, http or file address',
    ]);
  });

  test('says what digest was expected and what was found, and leaves no bad bytes behind', async () => {
    const url = server.put('/thing.tar', BYTES, { kind: 'other-bytes' });
    const found = digestBytes(BYTES.map((byte) => byte ^ 0xff));
    expect(await downloadFile(wanted([url]))).toEqual({
      ok: false,
      failure: { reason: 'digest-mismatch', what: 'thing.tar', origin: url, expected: SHA256, found },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('from a server with the wrong bytes comes from the mirror with the right ones', async () => {
    const bad = server.put('/bad.tar', BYTES, { kind: 'other-bytes' });
    await expectDownloaded(wanted([bad, server.put('/good.tar', BYTES)]));
  });

  test('ends at once when the user interrupts, and keeps what has come', async () => {
    const url = server.put('/thing.tar', BYTES, { kind: 'stall-after', bytes: 50_000 });
    const controller = new AbortController();
    const download = wanted([url], {
      signal: controller.signal,
      stallMilliseconds: 60_000,
      onProgress: () => controller.abort(),
    });
    expect(await downloadFile(download)).toEqual({ ok: false, failure: { reason: 'interrupted' } });
    expect(existsSync(join(folder, `${SHA256}.part`))).toBe(true);
  });

  test('names the folder that cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const result = await downloadFile(wanted([server.put('/thing.tar', BYTES)], { folder: join(file, 'below') }));
    expect(result).toMatchObject({ ok: false, failure: { reason: 'file-trouble', code: 'ENOTDIR' } });
  });
});

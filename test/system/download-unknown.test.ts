import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { downloadUnknown, type UnknownDownload } from '../../src/system/download-unknown.js';
import { whyUnsafe } from '../../src/system/plain-http.js';
import { startHttpRig, type HttpRig } from '../rig/http.js';

const BYTES = Buffer.from('CONFIG_X=y\n'.repeat(1000));
const SHA256 = digestBytes(BYTES);

let server: HttpRig;
let folder: string;

beforeEach(async () => {
  server = await startHttpRig();
  folder = mkdtempSync(join(tmpdir(), 'bootlap-unknown-'));
  mkdirSync(join(folder, 'finished'));
  mkdirSync(join(folder, 'scratch'));
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function wanted(urls: readonly string[], more: Partial<UnknownDownload> = {}): UnknownDownload {
  return {
    name: 'thing',
    urls,
    folder: join(folder, 'finished'),
    scratch: join(folder, 'scratch'),
    mostBytes: 1024 * 1024,
    whyUnfit: (path) => (readFileSync(path, 'utf8').startsWith('<') ? 'sent a web page' : undefined),
    stallMilliseconds: 300,
    pauseMilliseconds: 1,
    ...more,
  };
}

async function expectDownloaded(download: UnknownDownload): Promise<void> {
  expect(await downloadUnknown(download)).toEqual({ ok: true, value: SHA256 });
  expect(readdirSync(download.folder)).toEqual([SHA256]);
  expect(readFileSync(join(download.folder, SHA256)).equals(BYTES)).toBe(true);
}

test('a file whose digest nobody knows lies under the one that it turns out to have', async () => {
  await expectDownloaded(wanted([server.put('/a', BYTES)]));
});

test('is taken from the next address where one gives a page, nothing, or too much', async () => {
  const page = server.put('/page', Buffer.from('<p>'));
  const gone = `${server.address}/gone`;
  const large = server.put('/large', Buffer.alloc(2 * 1024 * 1024));
  await expectDownloaded(wanted([page, gone, large, server.put('/a', BYTES)]));
  expect(await downloadUnknown(wanted([page, gone, large]))).toMatchObject({
    failure: {
      reason: 'download-failed',
      attempts: [
        { url: page, detail: 'sent a web page' },
        { url: gone, detail: 'answered 404' },
        { url: large, detail: 'sends more than 1 MiB' },
      ],
    },
  });
});

test('is refused when it grows too large on the way, without a length that says so before', async () => {
  const url = server.put('/large', Buffer.alloc(2 * 1024 * 1024), { kind: 'serve-without-length' });
  expect(await downloadUnknown(wanted([url]))).toMatchObject({
    failure: { attempts: [{ detail: 'sends more than 1 MiB' }] },
  });
});

test('that broke off begins again from the start, because nothing tells whether two halves belong together', async () => {
  await expectDownloaded(wanted([server.put('/a', BYTES, { kind: 'stop-after', bytes: 1000 }, { kind: 'serve' })]));
  expect(server.seen.map(({ range }) => range)).toEqual([undefined, undefined]);
});

test('is looked for behind a redirect, but not behind one to plain http elsewhere', async () => {
  server.put('/a', BYTES);
  const good = server.put('/good', Buffer.from(''), { kind: 'redirect', to: '/a' });
  const bad = server.put('/bad', Buffer.from(''), { kind: 'redirect', to: 'http://there.example/a' });
  const back = server.put('/back', Buffer.from(''), { kind: 'redirect', to: bad });
  expect(await downloadUnknown(wanted([back, 'http://there.example/a']))).toMatchObject({
    failure: {
      attempts: [
        { url: back, detail: expect.stringContaining('redirects to http://there.example/a, which is plain http') },
        { url: 'http://there.example/a', detail: expect.stringContaining('is plain http') },
      ],
    },
  });
  await expectDownloaded(wanted([good]));
});

test('an interruption ends it', async () => {
  const abort = new AbortController();
  const got = downloadUnknown(wanted([server.put('/a', BYTES, { kind: 'hang' })], { signal: abort.signal }));
  setTimeout(() => abort.abort(), 50);
  expect(await got).toEqual({ ok: false, failure: { reason: 'interrupted' } });
});

test.each([
  ['https://there.example/a', true],
  ['file:///a', true],
  ['http://127.0.0.1:80/a', true],
  ['http://localhost/a', true],
  ['http://[::1]:8080/a', true],
  ['http://there.example/a', false],
  ['http://localhost.there.example/a', false],
  ['http://127.0.0.1@there.example/a', false],
  ['ftp://there.example/a', false],
  ['there.example/a', false],
])('%s without a digest: %s', (address, isSafe) => {
  expect(whyUnsafe(address) === undefined).toBe(isSafe);
});

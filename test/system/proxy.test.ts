import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { downloadFile } from '../../src/system/download.js';
import { compileSources } from '../rig/compiled.js';
import { temporaryFolders } from '../rig/folder.js';
import { startHttpRig, type HttpRig } from '../rig/http.js';
import { startProxyRig, type ProxyRig } from '../rig/proxy.js';

const BYTES = randomBytes(100_000);
const SHA256 = digestBytes(BYTES);
const folder = temporaryFolders();

let server: HttpRig;
let proxy: ProxyRig;

beforeEach(async () => {
  server = await startHttpRig();
  server.put('/thing.tar', BYTES);
  proxy = await startProxyRig(Number(new URL(server.address).port));
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await proxy.close();
  await server.close();
});

async function download(...urls: string[]): Promise<unknown> {
  const place = folder();
  const done = await downloadFile({
    name: 'thing.tar',
    urls,
    sha256: SHA256,
    folder: place,
    stallMilliseconds: 5_000,
    pauseMilliseconds: 5,
  });
  return done.ok ? readFileSync(done.value) : done.failure;
}

test.each(['http_proxy', 'HTTP_PROXY', 'all_proxy'])('a file comes by way of the proxy that %s names', async (name) => {
  vi.stubEnv(name, proxy.address);
  expect(await download('http://files.there.example/thing.tar')).toEqual(BYTES);
  expect(proxy.seen).toEqual(['GET http://files.there.example/thing.tar']);
});

test('what no_proxy excepts is fetched straight from its server', async () => {
  vi.stubEnv('http_proxy', proxy.address);
  vi.stubEnv('no_proxy', '127.0.0.1,.there.example');
  expect(await download(`${server.address}/thing.tar`)).toEqual(BYTES);
  expect(proxy.seen).toEqual([]);
});

test('a redirect is followed by way of the proxy, too', async () => {
  vi.stubEnv('http_proxy', proxy.address);
  server.put('/moved', Buffer.from(''), { kind: 'redirect', to: 'http://mirror.there.example/thing.tar' });
  expect(await download('http://files.there.example/moved')).toEqual(BYTES);
  expect(proxy.seen).toEqual(['GET http://files.there.example/moved', 'GET http://mirror.there.example/thing.tar']);
});

test('a proxy that cannot be used is told of without its password', async () => {
  vi.stubEnv('http_proxy', 'ftp://me:s3cr3t@proxy.there.example');
  const said = JSON.stringify(await download('http://files.there.example/thing.tar'));
  expect(said).toContain('proxy.there.example');
  expect(said).not.toContain('s3cr3t');
});

test('without such a variable no proxy is asked', async () => {
  expect(await download(`${server.address}/thing.tar`)).toEqual(BYTES);
  expect(proxy.seen).toEqual([]);
});

test('a download that breaks off goes on by way of the proxy', async () => {
  vi.stubEnv('http_proxy', proxy.address);
  server.put('/thing.tar', BYTES, { kind: 'stop-after', bytes: 40_000 }, { kind: 'serve' });
  expect(await download('http://files.there.example/thing.tar')).toEqual(BYTES);
  expect(server.seen.map(({ range }) => range)).toEqual([undefined, 'bytes=40000-']);
});

test('a proxy that is not there is what the failure names', async () => {
  vi.stubEnv('http_proxy', 'http://127.0.0.1:1');
  expect(JSON.stringify(await download('http://files.there.example/thing.tar'))).toContain('127.0.0.1:1');
});

test('https goes through the proxy unread, and the server behind it has to be the right one', async () => {
  const keys = folder();
  const [key, cert] = [join(keys, 'key.pem'), join(keys, 'cert.pem')];
  const wish = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=files.there.example'];
  const names = ['-addext', 'subjectAltName=DNS:files.there.example'];
  execFileSync('openssl', [...wish, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const secure = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
    response.end(BYTES);
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const tunnel = await startProxyRig((secure.address() as AddressInfo).port);
  try {
    vi.stubEnv('https_proxy', tunnel.address);
    const url = 'https://files.there.example/thing.tar';
    expect(JSON.stringify(await download(url))).toContain('self-signed certificate');
    expect(await downloadTrusting(cert, url)).toEqual(BYTES);
    expect(new Set(tunnel.seen)).toEqual(new Set(['CONNECT files.there.example:443']));
  } finally {
    await tunnel.close();
    secure.closeAllConnections();
    secure.close();
  }
});

/** Downloads in a process of its own: which certificates are trusted is settled when Node starts. */
async function downloadTrusting(cert: string, url: string): Promise<Buffer> {
  const compiled = compileSources();
  const request = { name: 'thing.tar', urls: [url], sha256: SHA256, folder: folder() };
  const script = `
    const { downloadFile } = await import(${JSON.stringify(join(compiled.folder, 'system/download.js'))});
    console.log(JSON.stringify(await downloadFile(${JSON.stringify(request)})));`;
  try {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: cert },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await once(child, 'close');
    const done = JSON.parse(said) as { value?: string };
    return readFileSync(done.value ?? said);
  } finally {
    compiled.remove();
  }
}

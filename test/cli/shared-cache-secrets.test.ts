import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBundleProject, unpackBundle } from '../rig/bundle-project.js';
import { bootlap, type Called } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { startNginx, withoutNginx } from '../rig/nginx.js';

const folder = temporaryFolders();

/** Every byte below a folder, as text. */
function everything(path: string): string {
  return execFileSync('grep', ['-r', '-a', '-h', '', path], { maxBuffer: 1 << 28 }).toString();
}

/** What a secret looks like wherever it may turn up. */
function spellings(user: string, secret: string): string[] {
  const basic = Buffer.from(`${user}:${secret}`).toString('base64');
  return [secret, basic, Buffer.from(secret).toString('base64').replace(/=+$/, ''), encodeURIComponent(secret)];
}

/** The lines of a private key that hold it. */
function linesOf(pem: string): string[] {
  return pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
}

interface Place {
  readonly base: string;
  readonly call: (words: readonly string[], environment?: Readonly<Record<string, string>>) => Promise<Called>;
}

async function place(): Promise<Place> {
  const base = folder();
  makeBundleProject(base);
  const home = join(base, 'home');
  mkdirSync(home);
  const call: Place['call'] = (words, environment = {}) =>
    bootlap(words, { folder: base, environment: { HOME: home, ...environment } });
  await call(['keygen', '--out', 'home/team']);
  return { base, call };
}

/** A server that says to everybody what he has sent, in every way there is. */
async function startEcho(status: number): Promise<{ server: Server; address: string; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    const sent = request.headers.authorization ?? 'nothing';
    heard.push(sent);
    request.resume().on('end', () => {
      const echo = { 'www-authenticate': `Bearer realm="${sent}"`, location: `http://127.0.0.1:1/${encodeURI(sent)}` };
      response.writeHead(status, sent.replace(/[^\x20-\x7e]/g, ''), echo).end(`you sent ${sent}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, heard, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const WORKSPACES = ['one', 'two', 'three'];

test.skipIf(withoutNginx)(
  'passwords, tokens and private keys are in no workspace, log, record, event, bundle or message',
  async () => {
    const nginx = await startNginx(folder());
    const { base, call } = await place();
    try {
      const key = readFileSync(join(base, 'home', 'team.key'), 'utf8');
      const said: Called[] = [];
      const run = async (words: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> => {
        said.push(await call(['run', './tiny.yaml', '--remote-cache', nginx.address, ...words], environment));
      };
      const login = { BOOTLAP_REMOTE_CACHE_USER: nginx.user, BOOTLAP_REMOTE_CACHE_PASSWORD: nginx.password };
      await run(['--workspace', 'one', '--verbose', '--junit', 'one.xml'], { ...login, BOOTLAP_REMOTE_CACHE_KEY: key });
      writeFileSync(
        join(base, 'home', '.netrc'),
        `machine 127.0.0.1 login ${nginx.user} password ${nginx.password}\n`,
        { mode: 0o600 },
      );
      await run(['--workspace', 'two', '--json', '--trust', 'home/team.pub'], {});
      said.push(await call(['plan', './tiny.yaml', '--workspace', 'two', '--trust', 'home/team.pub']));
      // A token goes first, and here it is wrong.
      const token = { BOOTLAP_REMOTE_CACHE_TOKEN: 't0ken-of-9e1c' };
      await run(['--workspace', 'three', '--verbose', '--remote-cache-key', 'home/team.key'], token);
      expect(said.at(-1)?.stdout).toContain('wants other credentials (it answered 401)');
      said.push(await call(['bundle', './tiny.yaml', '--workspace', 'two', '--out', 'two.tar.gz'], login));
      said.forEach((called) => expect(called, called.stdout).toMatchObject({ status: 0, stderr: '' }));
      expect(nginx.names('ac').length).toBeGreaterThan(0);

      unpackBundle(join(base, 'two.tar.gz'), join(base, 'unpacked'));
      const places = [...WORKSPACES, 'unpacked', 'one.xml'].map((name) => everything(join(base, name)));
      const texts = [...places, ...said.map(({ stdout, stderr }) => stdout + stderr), everything(nginx.root)];
      const secrets = [...spellings(nginx.user, nginx.password), 't0ken-of-9e1c', ...linesOf(key)];
      texts.forEach((text) => secrets.forEach((secret) => expect(text).not.toContain(secret)));
    } finally {
      await nginx.close();
    }
  },
  120_000,
);

test.each([401, 500, 302])(
  'a server that repeats what it was sent, with status %i, does not bring it into a message or a log',
  async (status) => {
    const { server, address, heard } = await startEcho(status);
    const { base, call } = await place();
    try {
      const environment = {
        BOOTLAP_REMOTE_CACHE_USER: 'team',
        BOOTLAP_REMOTE_CACHE_PASSWORD: 'p4ss-of-55d0',
        BOOTLAP_REMOTE_CACHE_KEY: 'home/team.key',
        BOOTLAP_REMOTE_CACHE: address,
      };
      const words = ['run', './tiny.yaml', '--until', 'make:firmware', '--workspace', 'one', '--verbose'];
      const called = await call(words, environment);
      expect(called).toMatchObject({ status: 0, stderr: '' });
      const secrets = spellings('team', 'p4ss-of-55d0');
      expect(heard.some((header) => secrets.some((secret) => header.includes(secret)))).toBe(true);
      secrets.forEach((secret) => expect(called.stdout + everything(join(base, 'one'))).not.toContain(secret));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
);

test('a secret on the command line is refused before it is written down, and not repeated', async () => {
  const { base, call } = await place();
  const key = readFileSync(join(base, 'home', 'team.key'), 'utf8');
  const trust = ['--trust', 'home/team.pub'];
  const urls = ['https://team:p4ss-of-55d0@cache.example.org/', 'https://cache.example.org/?token=p4ss-of-55d0'];
  const attempts = [
    ...urls.map((url) => ['--remote-cache', url, ...trust]),
    ['--remote-cache', 'https://cache.example.org/', '--remote-cache-key', key],
  ];
  for (const command of ['run', 'fetch', 'plan', 'compare', 'calibrate', 'bundle']) {
    for (const words of attempts) {
      const second = command === 'compare' ? ['--set-b', 'machine.memory=128'] : [];
      const called = await call([command, './tiny.yaml', ...second, ...words, '--workspace', 'one']);
      expect(called.status, `${command} ${called.stderr}`).toBe(2);
      const told = called.stdout + called.stderr + (existsSync(join(base, 'one')) ? everything(join(base, 'one')) : '');
      ['p4ss-of-55d0', ...linesOf(key)].forEach((secret) => expect(told).not.toContain(secret));
    }
  }
  expect(readdirSync(base)).not.toContain('runs');
}, 120_000);

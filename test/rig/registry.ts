import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findProgram } from '../../src/system/distribution.js';

/** How a registry is guarded, and whether it takes anything. */
export interface RegistryOptions {
  /** `password`: name and password; `token`: a token from a server elsewhere; nobody is asked without it. */
  readonly guard?:
    { readonly kind: 'password' } | { readonly kind: 'token'; readonly realm: string; readonly certificate: string };
  readonly isReadOnly?: boolean;
}

/** A real OCI registry (Debian's docker-registry) on this machine. */
export interface RegistryRig {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** The login where it is guarded by a password. */
  readonly user: string;
  readonly password: string;
  /** The tags of a repository; none where there is no such repository. */
  tags(repository: string): Promise<string[]>;
  /** `METHOD /path` of every request so far. */
  requests(): string[];
  /** Ends it, has it remove what no tag leads to, and starts it again. */
  collectGarbage(): Promise<void>;
  /** Ends it, and starts it again on the same data in another manner. */
  restart(options: RegistryOptions): Promise<void>;
  close(): Promise<void>;
}

const program = findProgram('docker-registry');

/** Says why tests with a registry are left out, once; where every test has to run they are not. */
export const withoutRegistry: boolean = program === undefined && process.env['BOOTLAP_EVERY_TEST'] === undefined;
if (withoutRegistry) {
  console.warn('tests with an OCI registry are left out: it is not installed (apt-get install docker-registry)');
}

const [user, password] = ['team', 'hush-4c1e'];
/** The password as `htpasswd -B` keeps it. */
const HASHED = '$2y$05$Dek4mauVb9qABrWq4zs6EehALDUbIQxf0tJxLFEISH0GTf6Y7qvd2';

/** Starts a registry in a folder, on a free port. */
export async function startRegistry(folder: string, options: RegistryOptions = {}): Promise<RegistryRig> {
  if (program === undefined) {
    throw new Error('docker-registry is not installed (apt-get install docker-registry)');
  }
  const host = `127.0.0.1:${await freePort()}`;
  const log = join(folder, 'registry.log');
  const configuration = join(folder, 'config.yml');
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'passwords'), `${user}:${HASHED}\n`);
  let now = options;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    writeFileSync(configuration, configurationFor({ folder, host, options: now }));
    const output = openSync(log, 'a');
    child = spawn(program, ['serve', configuration], { stdio: ['ignore', output, output] });
    closeSync(output);
    await answers(host, log);
  };
  const stop = async (): Promise<void> => {
    const ending = child;
    if (ending?.exitCode === null) {
      const ended = new Promise<void>((resolve) => ending.once('close', () => resolve()));
      ending.kill('SIGTERM');
      await ended;
    }
  };
  await start();
  return {
    host,
    user,
    password,
    tags: (repository) => tagsIn(host, repository),
    requests: () => requestsIn(readFileSync(log, 'utf8')),
    collectGarbage: async () => {
      await stop();
      execFileSync(program, ['garbage-collect', '--delete-untagged', configuration], { stdio: 'ignore' });
      await start();
    },
    restart: async (other) => {
      await stop();
      now = other;
      await start();
    },
    close: stop,
  };
}

function configurationFor({
  folder,
  host,
  options: { guard, isReadOnly = false },
}: {
  folder: string;
  host: string;
  options: RegistryOptions;
}): string {
  const auth =
    guard === undefined
      ? {}
      : guard.kind === 'password'
        ? { htpasswd: { realm: 'team', path: join(folder, 'passwords') } }
        : {
            token: { realm: guard.realm, service: 'the registry', issuer: 'a test', rootcertbundle: guard.certificate },
          };
  return JSON.stringify({
    version: 0.1,
    log: { level: 'info', formatter: 'json', accesslog: { disabled: false } },
    storage: {
      filesystem: { rootdirectory: join(folder, 'data') },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: isReadOnly } },
    },
    http: { addr: host, secret: 'of no use to anybody' },
    ...(guard === undefined ? {} : { auth }),
  });
}

async function tagsIn(host: string, repository: string): Promise<string[]> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const answer = await fetch(`http://${host}/v2/${repository}/tags/list`, { headers: { authorization } });
  const { tags } = (await answer.json()) as { tags?: string[] };
  return tags ?? [];
}

function requestsIn(log: string): string[] {
  return [...log.matchAll(/"(GET|HEAD|PUT|POST|PATCH|DELETE) (\/v2\/\S+) HTTP/g)].map(
    ([, method, path]) => `${method} ${path}`,
  );
}

async function answers(host: string, log: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`http://${host}/`).catch(() => undefined);
    if (answer !== undefined) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the registry does not answer: ${readFileSync(log, 'utf8').slice(-2000)}`);
}

/** A port that nothing listens on, below those that the system hands out by itself, so that it stays free over a restart. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise<void>((resolve) => server.close(() => resolve()));
    if (isFree) {
      return port;
    }
  }
}

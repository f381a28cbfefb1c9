import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootlap } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { startRegistry, withoutRegistry, type RegistryRig } from '../rig/registry.js';
import { READ, WRITE, makeTeam } from '../rig/team.js';
import { startTokenServer } from '../rig/token-server.js';

const folder = temporaryFolders();

const RESTORED = /make:firmware +restored from the shared cache at 127\.0\.0\.1:/;

/** Leaves a login where `docker login` would. */
function dockerLogin(base: string, content: unknown): void {
  mkdirSync(join(base, '.docker'), { recursive: true });
  writeFileSync(join(base, '.docker', 'config.json'), JSON.stringify(content), { mode: 0o600 });
}

/** Puts a credential helper called `test` where a caller can add it to the PATH. */
function credentialHelper(base: string, script: string): void {
  const path = join(base, 'bin', 'docker-credential-test');
  mkdirSync(join(base, 'bin'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Every byte below a folder, as text. */
function everything(path: string): string {
  return execFileSync('grep', ['-r', '-a', '-h', '', path], { maxBuffer: 1 << 28 }).toString();
}

describe.skipIf(withoutRegistry)('with an OCI registry as the shared cache', { timeout: 120_000 }, () => {
  let registry: RegistryRig;
  beforeEach(async () => {
    registry = await startRegistry(folder(), { guard: { kind: 'password' } });
  });
  afterEach(() => registry.close());

  const where = (): string[] => ['--remote-cache', `oci://${registry.host}/team/cache`];
  const login = (): unknown => ({
    auths: { [registry.host]: { auth: base64(`${registry.user}:${registry.password}`) } },
  });

  test('a second workspace compiles nothing, by the login of docker, which is nowhere to be read', async () => {
    const { base, run } = await makeTeam(folder());
    dockerLogin(base, login());
    const first = await run('one', [...where(), ...WRITE, '--verbose']);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(/3 results sent to 127\.0\.0\.1:\d+, \d+\.\d MiB/);
    expect(first.stdout).not.toContain('warning');
    const second = await run('two', [...where(), ...READ]);
    expect(second).toMatchObject({ status: 0, stderr: '' });
    expect(second.stdout).toMatch(RESTORED);
    expect(second.stdout).not.toContain('warning');
    const log = await bootlap(['logs', 'make:firmware', './tiny.yaml', '--workspace', 'two'], { folder: base });
    expect(log.stdout).toContain('assembling the firmware');

    const secrets = [registry.password, base64(`${registry.user}:${registry.password}`)];
    for (const text of [first.stdout, second.stdout, everything(join(base, 'one')), everything(join(base, 'two'))]) {
      secrets.forEach((secret) => expect(text).not.toContain(secret));
    }
  });

  test('what the registry clears away as unused is nothing that a result needs', async () => {
    const { base, run } = await makeTeam(folder());
    dockerLogin(base, login());
    await run('one', [...where(), ...WRITE]);
    await run('again', [...where(), ...WRITE, '--force', 'make:firmware']);
    await registry.collectGarbage();
    const second = await run('two', [...where(), ...READ]);
    expect(second.stdout).toMatch(RESTORED);
    expect(second.stdout).not.toContain('warning');
  });

  test('a registry that only gives costs one warning, and gives', async () => {
    const { base, run } = await makeTeam(folder());
    dockerLogin(base, login());
    await run('one', [...where(), ...WRITE]);
    await registry.restart({ guard: { kind: 'password' }, isReadOnly: true });
    const second = await run('two', [...where(), ...WRITE, '--force', 'make:firmware']);
    expect(second.status).toBe(0);
    expect(second.stdout.match(/warning: .*takes nothing \(it answered 405\)/g)).toHaveLength(1);
    expect((await run('three', [...where(), ...READ])).stdout).toMatch(RESTORED);
  });

  test('a wrong password costs a miss and one warning that does not hold it', async () => {
    const { base, run } = await makeTeam(folder());
    const environment = { BOOTLAP_REMOTE_CACHE_USER: 'team', BOOTLAP_REMOTE_CACHE_PASSWORD: 'wr0ng-word' };
    const called = await run('one', [...where(), ...WRITE], environment);
    expect(called).toMatchObject({ status: 0, stderr: '' });
    expect(called.stdout.match(/warning: .*wants other credentials \(it answered 401\)/g)).toHaveLength(1);
    expect(called.stdout + everything(join(base, 'one'))).not.toContain('wr0ng-word');
  });
});

describe.skipIf(withoutRegistry)('with a registry that wants tokens of another server', { timeout: 120_000 }, () => {
  test('who has a login writes, who has none reads, and neither password nor token is to be read anywhere', async () => {
    const tokens = await startTokenServer(folder());
    const guard = { kind: 'token', realm: tokens.realm, certificate: tokens.certificate } as const;
    const registry = await startRegistry(folder(), { guard });
    try {
      const { base, run } = await makeTeam(folder());
      credentialHelper(base, `echo '{"Username":"${tokens.user}","Secret":"${tokens.password}"}'`);
      dockerLogin(base, { credHelpers: { [registry.host]: 'test' } });
      const where = ['--remote-cache', `oci://${registry.host}/team/cache`];
      const PATH = `${join(base, 'bin')}:${process.env['PATH'] ?? ''}`;
      const first = await run('one', [...where, ...WRITE, '--verbose'], { PATH });
      expect(first).toMatchObject({ status: 0, stderr: '' });
      expect(first.stdout).toMatch(/3 results sent to /);
      const asked = tokens.seen.length;
      // One token to read, one to write.
      expect(asked).toBeLessThanOrEqual(4);
      const second = await run('two', [...where, ...READ], { DOCKER_CONFIG: join(base, 'nowhere') });
      expect(second.stdout).toMatch(RESTORED);
      expect(second.stdout).not.toContain('warning');
      expect(tokens.seen.slice(asked).map(({ user }) => user)).toEqual([undefined]);
      const text = first.stdout + everything(join(base, 'one')) + everything(join(base, 'two'));
      expect(text).not.toContain(tokens.password);
      expect(text).not.toContain('eyJ0eXAi');
    } finally {
      await Promise.all([registry.close(), tokens.close()]);
    }
  });
});

describe.skipIf(withoutRegistry)('a recipe that names a registry', { timeout: 120_000 }, () => {
  test('gets what is kept for its host, and no password of the environment', async () => {
    const registry = await startRegistry(folder(), { guard: { kind: 'password' } });
    try {
      const { base, run } = await makeTeam(folder());
      const recipe = join(base, 'tiny.yaml');
      const cache = `remote-cache: { url: "oci://${registry.host}/team/cache", trust: [team.pub] }\n`;
      writeFileSync(recipe, readFileSync(recipe, 'utf8') + cache);
      const environment = {
        BOOTLAP_REMOTE_CACHE_USER: registry.user,
        BOOTLAP_REMOTE_CACHE_PASSWORD: registry.password,
      };
      writeFileSync(join(base, '.netrc'), `default login ${registry.user} password ${registry.password}\n`);
      expect((await run('one', WRITE, environment)).stdout).toContain('(it answered 401)');
      dockerLogin(base, { auths: { [registry.host]: { auth: base64(`${registry.user}:${registry.password}`) } } });
      expect((await run('two', WRITE)).stdout).not.toContain('warning');
      expect((await run('three', [])).stdout).toMatch(RESTORED);
    } finally {
      await registry.close();
    }
  });

  test('a file of docker that is none is told of once, and the registry is asked without it', async () => {
    const registry = await startRegistry(folder(), { guard: { kind: 'password' } });
    try {
      const { base, run } = await makeTeam(folder());
      mkdirSync(join(base, '.docker'));
      writeFileSync(join(base, '.docker', 'config.json'), '{"auths": {"s3cret');
      const called = await run('one', ['--remote-cache', `oci://${registry.host}/team/cache`, ...READ]);
      expect(called).toMatchObject({ status: 0, stderr: '' });
      expect(called.stdout.match(/warning: .*config\.json is no JSON: no login is taken from it/g)).toHaveLength(1);
      expect(called.stdout).not.toContain('s3cret');
    } finally {
      await registry.close();
    }
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { packageFolder } from '../../src/system/environment.js';
import { makeBundleProject } from '../rig/bundle-project.js';
import { bootlap, type Called } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { startNginx, withoutNginx, type NginxRig } from '../rig/nginx.js';
import { READ, WRITE, makeTeam } from '../rig/team.js';

const folder = temporaryFolders();

// Each calls the command several times, and on a busy machine that takes a while.
vi.setConfig({ testTimeout: 120_000 });

/** Every byte below a folder, as text. */
function everything(path: string): string {
  return execFileSync('grep', ['-r', '-a', '-h', '', path], { maxBuffer: 1 << 28 }).toString();
}

describe.skipIf(withoutNginx)('with nginx as the shared cache', () => {
  let nginx: NginxRig;
  beforeEach(async () => {
    nginx = await startNginx(folder());
  });
  afterEach(() => nginx.close());

  const login = (): string => `machine 127.0.0.1 login ${nginx.user} password ${nginx.password}\n`;

  test('a second workspace compiles nothing, and the password is nowhere to be read', async () => {
    const { base, run } = await makeTeam(folder());
    writeFileSync(join(base, '.netrc'), login(), { mode: 0o600 });
    const where = ['--remote-cache', `${nginx.address}/prefix`];
    const first = await run('one', [...where, ...WRITE, '--verbose']);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(/make:firmware +done in /);
    expect(first.stdout).toMatch(/3 results sent to 127\.0\.0\.1:\d+, \d+\.\d MiB/);
    expect(readdirSync(join(nginx.root, 'prefix', 'ac'))).toHaveLength(3);

    const second = await run('two', [...where, ...READ]);
    expect(second).toMatchObject({ status: 0, stderr: '' });
    expect(second.stdout).toMatch(/make:firmware +restored from the shared cache at 127\.0\.0\.1:/);
    expect(second.stdout).not.toContain('warning');
    const log = await bootlap(['logs', 'make:firmware', './tiny.yaml', '--workspace', 'two'], { folder: base });
    expect(log.stdout).toContain('assembling the firmware');

    const secrets = [nginx.password, Buffer.from(`${nginx.user}:${nginx.password}`).toString('base64')];
    for (const text of [first.stdout, second.stdout, everything(join(base, 'one')), everything(join(base, 'two'))]) {
      secrets.forEach((secret) => expect(text).not.toContain(secret));
    }
  });

  test('bootlap plan says what the shared cache has, before anything is fetched, and why says where a result came from', async () => {
    const { base, run } = await makeTeam(folder());
    const host = new URL(nginx.address).host;
    writeFileSync(join(base, '.netrc'), login(), { mode: 0o600 });
    const where = ['--remote-cache', nginx.address];
    await run('one', [...where, ...WRITE]);
    const ask = (words: readonly string[]): Promise<Called> =>
      bootlap([...words, '--workspace', 'two'], { folder: base, environment: { HOME: base } });
    const plan = ['plan', './tiny.yaml', '--until', 'make:firmware'];
    const planned = await ask([...plan, ...where, ...READ]);
    expect(planned).toMatchObject({ status: 0, stderr: '' });
    for (const step of ['fetch', 'patch', 'make']) {
      const row = new RegExp(`${step}:firmware +restorable +the shared cache at ${host} has it`);
      expect(planned.stdout).toMatch(row);
    }
    expect(planned.stdout).toContain(`3 results would come from the shared cache at ${host}`);
    expect(existsSync(join(base, 'two', 'cache'))).toBe(false);
    const rows = (await ask([...plan, ...where, ...READ, '--json'])).stdout.trim().split('\n');
    const last = JSON.parse(rows.at(-1) ?? '') as object;
    expect(last).toMatchObject({ step: 'make:firmware', state: 'restorable', from: host });

    const before = nginx.requests().length;
    expect((await ask([...plan, ...where, ...READ, '--offline'])).stdout).toMatch(/make:firmware +stale/);
    expect(nginx.requests()).toHaveLength(before);

    await run('two', [...where, ...READ]);
    const why = await ask(['why', 'make:firmware', './tiny.yaml']);
    expect(why.stdout.replace(/\s+/g, ' ')).toContain(`its last result came from the shared cache at ${host}, made`);
  });

  test('a record that somebody else has put there is refused and named, by plan and by run, and the right bytes are made', async () => {
    const { base, run } = await makeTeam(folder());
    writeFileSync(join(base, '.netrc'), login(), { mode: 0o600 });
    const made = await bootlap(['keygen', '--out', 'stranger'], { folder: base });
    const stranger = /key id: +([0-9a-f]{64})/.exec(made.stdout)?.[1] ?? 'none';
    const where = ['--remote-cache', nginx.address];
    await run('one', [...where, '--remote-cache-key', 'stranger.key']);
    const refusal = new RegExp(
      `record of make:firmware in the shared cache [^ ]+ is signed by the key ${stranger}, whom no --trust names`,
    );
    const words = ['plan', './tiny.yaml', '--until', 'make:firmware', '--workspace', 'two', ...where, ...READ];
    const planned = await bootlap(words, { folder: base, environment: { HOME: base } });
    expect(planned.stderr).toMatch(/record of fetch:firmware in the shared cache/);
    expect(planned.stdout).toMatch(/make:firmware +stale/);
    const called = await run('two', [...where, ...READ]);
    expect(called.status).toBe(0);
    expect(called.stdout).toMatch(refusal);
    expect(called.stdout).toMatch(/make:firmware +done in/);
  });

  test('a wrong password costs a miss and one warning that does not hold it', async () => {
    const { base, run } = await makeTeam(folder());
    const environment = { BOOTLAP_REMOTE_CACHE_USER: 'team', BOOTLAP_REMOTE_CACHE_PASSWORD: 'wr0ng-word' };
    const called = await run('one', ['--remote-cache', nginx.address, ...WRITE], environment);
    expect(called).toMatchObject({ status: 0, stderr: '' });
    expect(called.stdout.match(/warning: .*wants other credentials \(it answered 401\)/g)).toHaveLength(1);
    expect(called.stdout + everything(join(base, 'one'))).not.toContain('wr0ng-word');
    expect(nginx.names('ac')).toEqual([]);
  });

  test('the environment names it all, and a pull request only reads', async () => {
    const { base, run } = await makeTeam(folder());
    const environment = {
      BOOTLAP_REMOTE_CACHE: nginx.address,
      BOOTLAP_REMOTE_CACHE_USER: nginx.user,
      BOOTLAP_REMOTE_CACHE_PASSWORD: nginx.password,
      BOOTLAP_REMOTE_CACHE_KEY: readFileSync(join(base, 'team.key'), 'utf8'),
      BOOTLAP_TRUST: 'team.pub',
    };
    await run('one', [], { ...environment, CI_PIPELINE_SOURCE: 'merge_request_event', GITLAB_CI: 'true' });
    expect(nginx.names('ac')).toEqual([]);
    await run('two', [], environment);
    expect(nginx.names('ac')).toHaveLength(3);
    const third = await run('three', [], { ...environment, GITHUB_EVENT_NAME: 'pull_request' });
    expect(third.stdout).toMatch(/make:firmware +restored from the shared cache/);
  });
});

describe.skipIf(withoutNginx)('a recipe that names a shared cache', () => {
  test('is asked for it, with the keys beside it; passwords of the environment do not go where a recipe says', async () => {
    const nginx = await startNginx(folder());
    try {
      const { base, run } = await makeTeam(folder());
      const recipe = join(base, 'tiny.yaml');
      const cache = `remote-cache: { url: "${nginx.address}", trust: [team.pub] }\n`;
      writeFileSync(recipe, readFileSync(recipe, 'utf8') + cache);
      const environment = {
        BOOTLAP_REMOTE_CACHE_USER: nginx.user,
        BOOTLAP_REMOTE_CACHE_PASSWORD: nginx.password,
      };
      expect((await run('one', WRITE, environment)).stdout).toContain('(it answered 401)');
      expect(nginx.requests().join('\n')).not.toContain(` ${nginx.user} [`);
      writeFileSync(join(base, '.netrc'), `machine 127.0.0.1 login ${nginx.user} password ${nginx.password}\n`);
      await run('two', WRITE);
      expect((await run('three', [])).stdout).toMatch(/make:firmware +restored from the shared cache/);
    } finally {
      await nginx.close();
    }
  });
});

test.skipIf(withoutNginx)('a comparison takes its builds from the shared cache that its recipe names', async () => {
  const nginx = await startNginx(folder());
  try {
    const base = folder();
    const { recipe } = makeBundleProject(base);
    await bootlap(['keygen', '--out', 'team'], { folder: base });
    const cache = `remote-cache: { url: "${nginx.address}", trust: [team.pub] }\n`;
    writeFileSync(recipe, readFileSync(recipe, 'utf8') + cache);
    writeFileSync(join(base, '.netrc'), `machine 127.0.0.1 login ${nginx.user} password ${nginx.password}\n`);
    const call = (words: readonly string[]): Promise<Called> =>
      bootlap(words, { folder: base, environment: { HOME: base } });
    const built = await call(['run', './tiny.yaml', '--until', 'make:*', '--workspace', 'one', ...WRITE]);
    expect(built).toMatchObject({ status: 0, stderr: '' });
    const words = ['compare', './tiny.yaml', '--set-b', 'machine.memory=128', '--workspace', 'two'];
    const compared = await call([...words, '--allow-different']);
    expect(compared.stdout, compared.stderr).toMatch(/make:firmware +restored from the shared cache/);
    expect(compared.stdout).not.toMatch(/make:\w+ +done in/);
  } finally {
    await nginx.close();
  }
});

test('a run with nothing to do asks nobody and loads nothing that could', async () => {
  const { base, run } = await makeTeam(folder());
  // Nothing listens there: the first run finds that out.
  const where = ['--remote-cache', 'http://127.0.0.1:9', ...WRITE];
  expect((await run('one', where)).status).toBe(0);
  const told = join(base, 'imports.txt');
  const hook = pathToFileURL(join(packageFolder, 'test', 'rig', 'tell-imports.mjs')).href;
  const environment = { NODE_OPTIONS: `--import=${hook}`, TOLD_IMPORTS: told };
  expect((await run('one', where, environment)).stdout).not.toContain('warning');
  expect(existsSync(told)).toBe(true);
  expect(readFileSync(told, 'utf8')).not.toMatch(/^got$/m);
  await run('two', where, environment);
  expect(readFileSync(told, 'utf8')).toMatch(/^got$/m);
});

test('an address that cannot be used is wrong usage, before anything runs', async () => {
  const { base, run } = await makeTeam(folder());
  const called = await run('one', ['--remote-cache', 'https://me:s3cret@cache.example.org', ...READ]);
  expect(called.status).toBe(2);
  expect(called.stderr).toContain('credentials belong into ~/.netrc');
  expect(called.stdout + called.stderr).not.toContain('s3cret');
  expect(existsSync(join(base, 'one', 'runs'))).toBe(false);
});

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dockerLogin, type FoundLogin } from '../../src/system/docker-config.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();
let home: string;

beforeEach(() => {
  home = folder();
  vi.stubEnv('HOME', home);
  vi.stubEnv('DOCKER_CONFIG', undefined);
  vi.stubEnv('REGISTRY_AUTH_FILE', undefined);
  vi.stubEnv('XDG_RUNTIME_DIR', undefined);
  vi.stubEnv('XDG_CONFIG_HOME', undefined);
});
afterEach(() => vi.unstubAllEnvs());

function write(path: string, content: unknown): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

const dockerFile = (content: unknown): void => write(join(home, '.docker', 'config.json'), content);
const auth = (user: string, password: string): { auth: string } => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});
const login = (user: string, password: string): FoundLogin => ({ found: { login: { user, password } }, troubles: [] });
const NONE: FoundLogin = { troubles: [] };

/** Puts a credential helper on the PATH; `script` is what its shell does with the registry in `$registry`. */
function helper(name: string, script: string): void {
  const bin = join(home, 'bin');
  write(join(bin, `docker-credential-${name}`), `#!/bin/sh\n[ "$1" = get ] || exit 9\nread -r registry\n${script}\n`);
  chmodSync(join(bin, `docker-credential-${name}`), 0o755);
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH'] ?? ''}`);
}

describe('a login that docker has left', () => {
  test.each([
    ['ghcr.io', 'ghcr.io'],
    ['https://ghcr.io', 'ghcr.io'],
    ['https://ghcr.io/v2/', 'ghcr.io'],
    ['localhost:5000', 'localhost:5000'],
    ['https://index.docker.io/v1/', 'docker.io'],
  ])('under %s is the one for %s', async (key, registry) => {
    dockerFile({ auths: { [key]: auth('me', 'a:b:c'), 'other.io': auth('no', 'no') } });
    expect(await dockerLogin(registry, 'team/cache')).toEqual(login('me', 'a:b:c'));
    expect(await dockerLogin('third.io', 'team/cache')).toEqual(NONE);
  });

  test('for a repository comes before the one for its registry', async () => {
    const auths = {
      'quay.io': auth('all', '1'),
      'quay.io/team': auth('team', '2'),
      'quay.io/team/cache': auth('one', '3'),
    };
    write(join(home, '.config', 'containers', 'auth.json'), { auths });
    expect(await dockerLogin('quay.io', 'team/cache')).toEqual(login('one', '3'));
    expect(await dockerLogin('quay.io', 'team/other')).toEqual(login('team', '2'));
    expect(await dockerLogin('quay.io', 'teams')).toEqual(login('all', '1'));
  });

  test('is looked for where the environment says, first', async () => {
    dockerFile({ auths: { 'ghcr.io': auth('home', '1') } });
    write(join(home, 'run', 'containers', 'auth.json'), {
      auths: { 'ghcr.io': auth('run', '2'), 'quay.io': auth('run', '3') },
    });
    vi.stubEnv('XDG_RUNTIME_DIR', join(home, 'run'));
    expect(await dockerLogin('ghcr.io', 'a')).toEqual(login('home', '1'));
    expect(await dockerLogin('quay.io', 'a')).toEqual(login('run', '3'));
    write(join(home, 'named', 'config.json'), { auths: { 'ghcr.io': auth('named', '4') } });
    vi.stubEnv('DOCKER_CONFIG', join(home, 'named'));
    expect(await dockerLogin('ghcr.io', 'a')).toEqual(login('named', '4'));
    write(join(home, 'auth.json'), { auths: { 'ghcr.io': auth('file', '5') } });
    vi.stubEnv('REGISTRY_AUTH_FILE', join(home, 'auth.json'));
    expect(await dockerLogin('ghcr.io', 'a')).toEqual(login('file', '5'));
  });

  test('may be an identity token', async () => {
    dockerFile({ auths: { 'ghcr.io': { ...auth('<token>', ''), identitytoken: 'abc' } } });
    expect(await dockerLogin('ghcr.io', 'a')).toEqual({ found: { identityToken: 'abc' }, troubles: [] });
  });
});

describe('a credential helper', () => {
  test('is asked for the registry, and has the whole environment for it', async () => {
    vi.stubEnv('SOME_CLOUD_PROFILE', 'lab');
    helper('test', `echo "{\\"Username\\":\\"$registry\\",\\"Secret\\":\\"$SOME_CLOUD_PROFILE\\"}"`);
    dockerFile({ credHelpers: { 'ghcr.io': 'test' } });
    expect(await dockerLogin('ghcr.io', 'a')).toEqual(login('ghcr.io', 'lab'));
    dockerFile({ credsStore: 'test', auths: { 'docker.io': {} } });
    expect(await dockerLogin('docker.io', 'a')).toEqual(login('https://index.docker.io/v1/', 'lab'));
  });

  test('may have a token', async () => {
    helper('test', `echo '{"Username":"<token>","Secret":"abc"}'`);
    dockerFile({ credsStore: 'test' });
    expect(await dockerLogin('ghcr.io', 'a')).toEqual({ found: { identityToken: 'abc' }, troubles: [] });
  });

  test('that has nothing is no trouble, and the file may', async () => {
    helper('test', 'echo "credentials not found in native keychain"; exit 1');
    dockerFile({ credsStore: 'test' });
    expect(await dockerLogin('ghcr.io', 'a')).toEqual(NONE);
    dockerFile({ credsStore: 'test', auths: { 'ghcr.io': auth('me', '1') } });
    expect(await dockerLogin('ghcr.io', 'a')).toEqual(login('me', '1'));
  });

  test.each([
    ['echo s3cret; exit 7', 'docker-credential-test failed'],
    ['echo s3cret', 'docker-credential-test said something that is no login'],
    ['echo "{}"', 'docker-credential-test said something that is no login'],
  ])('that does "%s" is told of, and what it said is not', async (script, words) => {
    helper('test', script);
    dockerFile({ credsStore: 'test' });
    const { found, troubles } = await dockerLogin('ghcr.io', 'a');
    expect(found).toBeUndefined();
    expect(troubles).toEqual([`${join(home, '.docker', 'config.json')}: ${words}`]);
  });

  test('that is not there, or cannot be one, is told of', async () => {
    dockerFile({ credsStore: 'nobody-has-this' });
    expect((await dockerLogin('ghcr.io', 'a')).troubles[0]).toContain(
      'docker-credential-nobody-has-this is not installed',
    );
    dockerFile({ credsStore: '../../bin/sh' });
    expect((await dockerLogin('ghcr.io', 'a')).troubles[0]).toContain('names a credential helper that cannot be one');
  });
});

describe('a file that is none', () => {
  test.each([
    ['{"auths": {"ghcr.io": {"auth": "s3cret', 'is no JSON'],
    ['["s3cret"]', 'is no JSON object'],
  ])('%s is told of without what is in it', async (text, words) => {
    dockerFile(text);
    const { found, troubles } = await dockerLogin('ghcr.io', 'a');
    expect(found).toBeUndefined();
    expect(troubles).toEqual([`${join(home, '.docker', 'config.json')} ${words}: no login is taken from it`]);
  });

  test('and a login that is none', async () => {
    dockerFile({ auths: { 'ghcr.io': { auth: 's3cret' } } });
    const { found, troubles } = await dockerLogin('ghcr.io', 'a');
    expect(found).toBeUndefined();
    expect(troubles).toEqual([
      `${join(home, '.docker', 'config.json')}: the login for ghcr.io is no base64 of "user:password"`,
    ]);
  });

  test.each([{ auths: 7 }, { auths: { 'ghcr.io': 'x' } }, { credHelpers: [], credsStore: 9 }, {}])(
    '%j says nothing',
    async (content) => {
      dockerFile(content);
      expect(await dockerLogin('ghcr.io', 'a')).toEqual(NONE);
    },
  );
});

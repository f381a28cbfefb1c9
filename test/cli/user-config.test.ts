import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootlap, type Called } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { startObjectServer } from '../rig/object-server.js';
import { makeTinyProject } from '../rig/tiny-project.js';

const folder = temporaryFolders();

interface Home {
  readonly base: string;
  readonly config: string;
  readonly run: (workspace: string, words?: readonly string[], env?: Record<string, string>) => Promise<Called>;
}

async function home(text: (base: string) => string): Promise<Home> {
  const base = folder();
  makeTinyProject(base);
  await bootlap(['keygen', '--out', 'team'], { folder: base });
  const config = join(base, '.config/bootlap/config.yaml');
  mkdirSync(join(base, '.config/bootlap'), { recursive: true });
  writeFileSync(config, text(base));
  const fixed = ['run', './tiny.yaml', '--until', 'make:firmware', '--workspace'];
  const own = { HOME: base, XDG_CONFIG_HOME: '', BOOTLAP_CCACHE: 'off' };
  const run: Home['run'] = (workspace, words = [], environment = {}) =>
    bootlap([...fixed, workspace, ...words], { folder: base, environment: { ...own, ...environment } });
  return { base, config, run };
}

test('a shared cache that is set for all runs is used by each, with the credentials of the environment', async () => {
  const [server, another] = [await startObjectServer(), await startObjectServer()];
  try {
    const { base, run } = await home(
      () => `remote-cache:\n  url: ${server.address}\n  key: ../../team.key\n  trust: [~/team.pub]\n`,
    );
    expect((await run('one')).stdout).toMatch(/3 results sent to 127/);
    const asked = server.seen.length;
    expect((await run('two')).stdout).toMatch(/make:firmware +restored from the shared cache/);
    expect(server.seen.length).toBeGreaterThan(asked);
    // The recipe comes after it, and the command line before it.
    writeFileSync(join(base, 'other.yaml'), `extends: ./tiny.yaml\nremote-cache: { url: "${another.address}" }\n`);
    const recipe = await bootlap(['run', './other.yaml', '--until', 'make:firmware', '--workspace', 'three'], {
      folder: base,
      environment: { HOME: base, XDG_CONFIG_HOME: '' },
    });
    expect(recipe.stdout).toMatch(/restored from the shared cache/);
    expect(another.seen).toEqual([]);
    await run('four', ['--remote-cache', another.address]);
    expect(another.seen.length).toBeGreaterThan(0);
    const before = server.seen.length;
    expect(await run('five', [], { BOOTLAP_REMOTE_CACHE: '' })).toMatchObject({ status: 0 });
    expect(server.seen).toHaveLength(before);
  } finally {
    await Promise.all([server.close(), another.close()]);
  }
});

test('in a pull request it is only read, whatever it says', async () => {
  const server = await startObjectServer();
  try {
    const { run } = await home(
      () => `remote-cache:\n  url: ${server.address}\n  mode: readwrite\n  key: ~/team.key\n  trust: [~/team.pub]\n`,
    );
    const job = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request' };
    expect(await run('one', [], job)).toMatchObject({ status: 0 });
    expect(server.seen.map(({ method }) => method)).not.toContain('PUT');
  } finally {
    await server.close();
  }
});

test('what is wrong in it is said with its file, its line, what is there and what would be right', async () => {
  const { config, run } = await home(() => 'remote-cache:\n  url: http://x\n  trusted: [a]\nccache: maybe\n');
  const called = await run('one');
  expect(called.status).toBe(2);
  expect(called.stderr).toContain(`${config}:3`);
  expect(called.stderr).toMatch(/key "trusted".*trust/s);
  expect(called.stderr).toMatch(/"maybe".*(on|local|off)/s);
});

test('an empty one sets nothing', async () => {
  const { run } = await home(() => '# nothing yet\n');
  expect(await run('one')).toMatchObject({ status: 0 });
});

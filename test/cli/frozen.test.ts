import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bootlap, type Called } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';
import { makeTinyProject } from '../rig/tiny-project.js';

const folder = temporaryFolders();

const UNTIL = ['--until', 'make:firmware'];

interface Project {
  readonly base: string;
  readonly lock: string;
  readonly call: (...words: string[]) => Promise<Called>;
}

function project(): Project {
  const base = folder();
  makeTinyProject(base);
  const call = (...words: string[]): Promise<Called> => bootlap([...words, '--workspace', 'w'], { folder: base });
  return { base, lock: join(base, 'bootlap.lock'), call };
}

function commit(base: string, version: string): void {
  const repository = join(base, 'repository');
  writeFileSync(join(repository, 'version.txt'), version);
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  execFileSync('git', [...who, 'commit', '--quiet', '--all', '--message', 'more'], { cwd: repository });
}

describe('--frozen', () => {
  test.each(['run', 'plan'])(
    'of %s refuses what nothing pins, says how to pin it, and makes nothing',
    async (command) => {
      const { base, lock, call } = project();
      const { status, stdout, stderr } = await call(command, './tiny.yaml', '--frozen', ...UNTIL);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain('--frozen: firmware is not pinned');
      expect(stderr).toContain(`the commit of main of file://${base}/repository`);
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain('commit bootlap.lock');
      expect(existsSync(lock)).toBe(false);
    },
  );

  test('takes what bootlap.lock holds, in a workspace that knows nothing, and leaves the lock as it is', async () => {
    const { base, lock, call } = project();
    await call('run', './tiny.yaml', '--only', 'pin:firmware');
    const held = readFileSync(lock, 'utf8');
    commit(base, '2\n');
    rmSync(join(base, 'w'), { recursive: true });
    const { status, stderr } = await call('run', './tiny.yaml', '--frozen', ...UNTIL);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(join(base, 'w/out/tiny/make-firmware/bios.bin'), 'utf8')).toBe('1\n');
    expect(readFileSync(lock, 'utf8')).toBe(held);
  });

  test('does not take a pin of the workspace for one that others have, nor one of another branch', async () => {
    const { base, lock, call } = project();
    await call('run', './tiny.yaml', ...UNTIL);
    const held = readFileSync(lock, 'utf8');
    rmSync(lock);
    expect((await call('run', './tiny.yaml', '--frozen', ...UNTIL)).status).toBe(2);
    expect(existsSync(lock)).toBe(false);
    writeFileSync(lock, held.replace('"main"', '"other"'));
    expect((await call('run', './tiny.yaml', '--frozen', ...UNTIL)).stderr).toContain('firmware is not pinned');
    expect(readFileSync(lock, 'utf8')).toBe(held.replace('"main"', '"other"'));
    expect(existsSync(join(base, 'w'))).toBe(true);
  });

  test('and --update contradict each other', async () => {
    const { call } = project();
    await call('run', './tiny.yaml', ...UNTIL);
    const { status, stderr } = await call('run', './tiny.yaml', '--frozen', '--update', ...UNTIL);
    expect(status).toBe(2);
    expect(stderr).toContain('--frozen lets no pin move');
  });

  test('names every package whose newest version nobody has settled', async () => {
    const { call } = project();
    const { status, stderr } = await call('plan', 'stock', '--frozen');
    expect(status).toBe(2);
    expect(stderr).toContain('firmware, kernel are not pinned');
    expect(stderr).toContain('no version of the package linux-source');
    const pinned = await call(
      'plan',
      'stock',
      '--frozen',
      '--set',
      'kernel.source.version=1',
      '--until',
      'fetch:kernel',
    );
    expect({ status: pinned.status, stderr: pinned.stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('holds both sides of a comparison', async () => {
    const { call } = project();
    const words = ['./tiny.yaml', '--set-b', 'machine.memory=64', '--frozen'];
    const { status, stderr } = await call('compare', ...words);
    expect(status).toBe(2);
    expect(stderr).toContain('not pinned');
  });
});

describe('plan --cache-key', () => {
  async function keysOf({ call }: Project, ...words: string[]): Promise<string[]> {
    const { status, stdout, stderr } = await call('plan', './tiny.yaml', '--cache-key', ...words);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.trimEnd().split('\n');
  }

  test('is the same before and after a run, and in another workspace; without a network', async () => {
    const tiny = project();
    await tiny.call('run', './tiny.yaml', '--only', 'pin:firmware');
    const before = await keysOf(tiny);
    await tiny.call('run', './tiny.yaml', ...UNTIL);
    expect(await keysOf(tiny)).toEqual(before);
    rmSync(join(tiny.base, 'w'), { recursive: true });
    rmSync(join(tiny.base, 'repository'), { recursive: true });
    expect(await keysOf(tiny)).toEqual(before);
  });

  test('has fall-backs, each a beginning of the one before, that share what is costly', async () => {
    const tiny = project();
    const [key = '', ...rest] = await keysOf(tiny);
    expect(key).toMatch(/^bootlap-1-tiny(-[0-9a-f]{12}){6}$/);
    expect(rest).toHaveLength(5);
    rest.reduce((longer, shorter) => {
      expect(longer.startsWith(shorter)).toBe(true);
      expect(shorter.endsWith('-')).toBe(true);
      return shorter;
    }, key);
    const [other = ''] = await keysOf(tiny, '--set', 'firmware.source.branch=other');
    const common = rest.filter((prefix) => other.startsWith(prefix));
    // The kernel and the hypervisor stand before the firmware, which alone is another one.
    expect(common).toEqual(rest.slice(2));
  });

  test.each([
    ['machine.memory=64', true],
    ['measure.boots=3', true],
    ['kernel.build.targets=[vmlinux]', false],
    ['firmware.source.branch=other', false],
  ])('with %s it is the same: %s', async (setting, same) => {
    const tiny = project();
    const [key] = await keysOf(tiny);
    const [other] = await keysOf(tiny, '--set', setting);
    expect(key === other).toBe(same);
  });

  test('counts what bootlap.lock holds', async () => {
    const tiny = project();
    const [key] = await keysOf(tiny);
    await tiny.call('run', './tiny.yaml', '--only', 'pin:firmware');
    const [held] = await keysOf(tiny);
    expect(held).not.toBe(key);
    commit(tiny.base, '2\n');
    await tiny.call('run', './tiny.yaml', '--only', 'pin:firmware', '--update');
    expect((await keysOf(tiny))[0]).not.toBe(held);
  });

  test('leaves a working tree, which every commit changes, for the end', async () => {
    const tiny = project();
    const words = ['--with', 'firmware=repository'];
    const [before = '', best = ''] = await keysOf(tiny, ...words);
    commit(tiny.base, '2\n');
    const [after = ''] = await keysOf(tiny, ...words);
    expect(after).not.toBe(before);
    expect(after.startsWith(best)).toBe(true);
  });

  test('with --json has the folders to keep, and what is in them is all that a later job needs', async () => {
    const tiny = project();
    await tiny.call('run', './tiny.yaml', ...UNTIL);
    const { stdout } = await tiny.call('plan', './tiny.yaml', '--cache-key', '--json');
    const { key, restoreKeys, paths } = JSON.parse(stdout) as { key: string; restoreKeys: string[]; paths: string[] };
    expect([key, ...restoreKeys]).toEqual(await keysOf(tiny));
    expect(paths).toEqual([join(tiny.base, 'w', 'cache')]);
    for (const name of ['out', 'state', 'trees', 'downloads', 'apt', 'runs']) {
      rmSync(join(tiny.base, 'w', name), { recursive: true, force: true });
    }
    rmSync(join(tiny.base, 'repository'), { recursive: true });
    const again = await tiny.call('run', './tiny.yaml', '--offline', ...UNTIL);
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect(again.stdout).toMatch(/make:firmware +restored from the cache/);
  });
});

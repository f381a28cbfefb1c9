import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BUILD_MARKER, markedProcesses } from '../../../src/system/processes.js';
import { spawn } from 'node:child_process';
import { Bench, removeFolder, temporaryFolder, writeFiles } from '../../rig/context.js';
import { bringTree, fetchArchive, patchTo, stampsOf, textsOf } from './rig.js';

const pristine = { 'a.c': 'a\n', 'dir/b.c': 'b\n', 'dir/c.c': 'c\n', 'deep/er/d.c': 'd\n' };

let folder = '';
let bench: Bench;
beforeEach(() => {
  folder = temporaryFolder();
  bench = new Bench(folder);
  fetchArchive(folder, pristine);
});
afterEach(() => removeFolder(folder));

const bring = (files: Parameters<typeof patchTo>[1], options = {}) => bringTree(bench, patchTo(folder, files), options);
const trees = () => readdirSync(join(folder, 'trees')).filter((name) => !name.endsWith('.json'));

describe('a changed patch touches only the files whose bytes change', () => {
  test('an edit, a new file and a removed one', async () => {
    const tree = await bring({});
    const before = stampsOf(tree.source);
    await bring({ 'a.c': 'A\n', 'new/n.c': 'n\n', 'dir/b.c': undefined });
    expect(textsOf(tree.source)).toEqual({ 'a.c': 'A\n', 'dir/c.c': 'c\n', 'deep/er/d.c': 'd\n', 'new/n.c': 'n\n' });
    const after = stampsOf(tree.source);
    expect([after['dir/c.c'], after['deep/er/d.c']]).toEqual([before['dir/c.c'], before['deep/er/d.c']]);
    expect(after['a.c']).not.toBe(before['a.c']);
  });

  test('a patch that goes away is undone, and its new folders with it', async () => {
    const tree = await bring({ 'a.c': 'A\n', 'new/n.c': 'n\n', 'dir/b.c': undefined, 'deep/er/d.c': undefined });
    const before = stampsOf(tree.source);
    expect(existsSync(join(tree.source, 'deep'))).toBe(false);
    await bring({});
    expect(textsOf(tree.source)).toEqual(pristine);
    expect(existsSync(join(tree.source, 'new'))).toBe(false);
    expect(stampsOf(tree.source)['dir/c.c']).toBe(before['dir/c.c']);
  });

  test('the undone file is younger than what was built from the patched one', async () => {
    const tree = await bring({ 'a.c': 'A\n' });
    const built = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 30));
    await bring({});
    expect(statSync(join(tree.source, 'a.c')).mtimeMs).toBeGreaterThan(built);
  });

  test('the same patches touch nothing at all', async () => {
    const tree = await bring({ 'a.c': 'A\n' });
    const before = stampsOf(tree.folder);
    await bring({ 'a.c': 'A\n' });
    expect(stampsOf(tree.folder)).toEqual(before);
  });

  test('a file that was patched, restored, and patched otherwise', async () => {
    const tree = await bring({ 'a.c': '1\n' });
    await bring({ 'dir/c.c': 'C\n' });
    await bring({ 'a.c': '2\n', 'dir/c.c': 'C\n' });
    await bring({});
    expect(textsOf(tree.source)).toEqual(pristine);
  });

  test('a change of mode alone', async () => {
    const tree = await bring({ 'a.c': { mode: 'executable', bytes: Buffer.from('a\n') } });
    expect(statSync(join(tree.source, 'a.c')).mode & 0o111).toBe(0o111);
    await bring({});
    expect(statSync(join(tree.source, 'a.c')).mode & 0o111).toBe(0);
  });
});

describe('which tree', () => {
  test('another source gets another tree, and the first one stays for its return', async () => {
    const first = await bring({});
    fetchArchive(folder, { ...pristine, 'a.c': 'other\n' });
    const second = await bring({});
    expect(second.folder).not.toBe(first.folder);
    expect(existsSync(first.source)).toBe(true);
  });

  test('trees that have not been used for longest are removed, so that the disk does not fill', async () => {
    for (let version = 0; version < 6; version += 1) {
      fetchArchive(folder, { ...pristine, 'a.c': `${version}\n` });
      await bring({});
    }
    expect(trees()).toHaveLength(3);
  });

  test('--clean makes it anew, once a run', async () => {
    const tree = await bring({});
    writeFileSync(join(tree.source, 'left-over.o'), '');
    const again = await bring({}, { clean: true, run: '/run/2' });
    expect(existsSync(join(again.source, 'left-over.o'))).toBe(false);
    writeFileSync(join(tree.source, 'built-in-this-run.o'), '');
    await bring({}, { clean: true, run: '/run/2' });
    expect(existsSync(join(again.source, 'built-in-this-run.o'))).toBe(true);
  });

  test('a tree whose state was damaged is made anew', async () => {
    const tree = await bring({ 'a.c': 'A\n' });
    writeFileSync(join(tree.folder, 'state.json'), '{"version":1');
    expect(textsOf((await bring({})).source)).toEqual(pristine);
  });

  test('what a killed run left half unpacked is cleared away', async () => {
    writeFiles(join(folder, 'trees/kernel-0123456789abcdef.tmp-1-aa'), { 'source/a.c': 'half' });
    await bring({});
    expect(trees().filter((name) => name.includes('.tmp-'))).toEqual([]);
  });
});

describe('after a make that was killed', () => {
  const making = (tree: { source: string }) => ({
    marker: `test-${tree.source}`,
    since: Date.now() - 5_000,
    inTree: false,
    cornerstones: ['setup/'],
  });

  test('products of that make are removed and older ones stay', async () => {
    const tree = await bring({});
    writeFiles(tree.build, { 'old.o': 'sound', 'dir/torn.o': 'ha' });
    utimesSync(join(tree.build, 'old.o'), new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
    tree.record({ making: making(tree), setUp: 'x' });
    const again = await bring({});
    expect(existsSync(join(tree.build, 'old.o'))).toBe(true);
    expect(existsSync(join(tree.build, 'dir/torn.o'))).toBe(false);
    expect(again.state.making).toBeUndefined();
    expect(again.state.setUp).toBe('x');
  });

  test('a build folder whose set-up it was at is set up anew', async () => {
    const tree = await bring({});
    writeFiles(tree.build, { 'old.o': 'sound', 'setup/options': 'ha' });
    utimesSync(join(tree.build, 'old.o'), new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
    tree.record({ making: making(tree), setUp: 'x' });
    const again = await bring({});
    expect(existsSync(tree.build)).toBe(false);
    expect(again.state.setUp).toBeUndefined();
  });

  test('its processes that are still running are ended first', async () => {
    const tree = await bring({});
    const left = making(tree);
    const child = spawn('sleep', ['100'], {
      env: { PATH: '/usr/bin:/bin', [BUILD_MARKER]: left.marker },
      detached: true,
    });
    tree.record({ making: left });
    await bring({});
    expect(markedProcesses(left.marker)).toEqual([]);
    child.unref();
  });

  test('a tree that was built in is made anew', async () => {
    const tree = await bring({});
    writeFileSync(join(tree.source, 'a.o'), 'ha');
    tree.record({ making: { ...making(tree), inTree: true }, madeInTree: true });
    expect(textsOf((await bring({})).source)).toEqual(pristine);
  });
});

test('a clock that was set back makes the build start over, and says so', async () => {
  const tree = await bring({});
  writeFiles(tree.build, { 'future.o': '' });
  tree.record({ clock: Date.now() + 3_600_000, setUp: 'x' });
  await bring({});
  expect(existsSync(tree.build)).toBe(false);
  expect(bench.heard.notices).toEqual(['the clock was set back: kernel is built from the start']);
  writeFiles(tree.build, { 'new.o': '' });
  await bring({});
  expect(existsSync(join(tree.build, 'new.o'))).toBe(true);
});

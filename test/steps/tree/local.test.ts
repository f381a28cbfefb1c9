import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestFile, listFolder } from '../../../src/system/files.js';
import { writeSourceLayout, type LocalChange } from '../../../src/steps/source-layout.js';
import { Bench, removeFolder, temporaryFolder, writeFiles } from '../../rig/context.js';
import { bringTree, patchTo, stampsOf, textsOf } from './rig.js';

const files = {
  'a.c': 'a\n',
  'dir/b.c': 'b\n',
  'dir/c.c': 'c\n',
  '.gitattributes': '*.c text eol=crlf export-ignore\n',
};

let folder = '';
let mine = '';
let bench: Bench;
beforeEach(() => {
  folder = temporaryFolder();
  bench = new Bench(folder);
  mine = join(folder, 'my linux');
  mkdirSync(mine);
  git('init', '-q');
  commit(files);
});
afterEach(() => removeFolder(folder));

function git(...line: string[]): string {
  return execFileSync('git', ['-C', mine, '-c', 'user.name=t', '-c', 'user.email=t@t', ...line], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

function commit(changed: Record<string, string>): void {
  writeFiles(mine, changed);
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'x');
}

/** Leaves HEAD and what differs from it as `fetch:kernel` does, and brings the kept tree to it. */
async function bring(changed: Record<string, string | undefined> = {}, patched: Parameters<typeof patchTo>[1] = {}) {
  const source = join(folder, 'out/fetch-kernel/source');
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  const changes = Object.entries(changed).map(([path, text]): LocalChange => {
    if (text === undefined) {
      return { path, mode: 'deleted' };
    }
    const to = join(source, 'changed', path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
    return { path, mode: 'file', digest: digestFile(to) };
  });
  writeSourceLayout(source, { kind: 'local', tree: git('rev-parse', 'HEAD^{tree}'), changed: changes });
  return bringTree(bench, patchTo(folder, patched), { local: mine });
}

test('has the files of HEAD as git has them, whatever attributes say', async () => {
  expect(textsOf((await bring()).source)).toEqual(files);
});

test('an edit touches that file alone', async () => {
  const tree = await bring();
  const before = stampsOf(tree.source);
  await bring({ 'a.c': 'edited\n' });
  expect(textsOf(tree.source)).toEqual({ ...files, 'a.c': 'edited\n' });
  const { 'a.c': edited, ...others } = stampsOf(tree.source);
  expect({ ...others, 'a.c': before['a.c'] }).toEqual(before);
  expect(edited).not.toBe(before['a.c']);
});

test('an edit that is taken back, a removed and a new file', async () => {
  const tree = await bring({ 'a.c': 'edited\n', 'dir/b.c': undefined, 'n/new.c': 'n\n' });
  const { 'dir/b.c': _removed, ...rest } = files;
  expect(textsOf(tree.source)).toEqual({ ...rest, 'a.c': 'edited\n', 'n/new.c': 'n\n' });
  await bring();
  expect(textsOf(tree.source)).toEqual(files);
});

test('committing the edit touches nothing', async () => {
  const tree = await bring({ 'a.c': 'edited\n' });
  const before = stampsOf(tree.source);
  commit({ 'a.c': 'edited\n' });
  await bring();
  expect(stampsOf(tree.source)).toEqual(before);
});

test('another commit touches only the files in which it differs, and a file may become a folder', async () => {
  const tree = await bring();
  const before = stampsOf(tree.source);
  rmSync(join(mine, 'a.c'));
  commit({ 'a.c/inner.c': 'i\n', 'dir/b.c': 'B\n' });
  await bring();
  expect(textsOf(tree.source)).toEqual({ ...files, 'a.c': undefined, 'a.c/inner.c': 'i\n', 'dir/b.c': 'B\n' });
  expect(stampsOf(tree.source)['dir/c.c']).toBe(before['dir/c.c']);
});

test('patches lie over the edits', async () => {
  const tree = await bring({ 'a.c': 'edited\n' }, { 'a.c': 'edited and patched\n' });
  expect(textsOf(tree.source)['a.c']).toBe('edited and patched\n');
  await bring({ 'a.c': 'edited\n' });
  expect(textsOf(tree.source)['a.c']).toBe('edited\n');
});

test('an old HEAD that git has thrown away is no trouble', async () => {
  await bring();
  rmSync(join(mine, '.git'), { recursive: true });
  git('init', '-q');
  commit({ 'a.c': 'rewritten\n' });
  expect(textsOf((await bring()).source)).toEqual({ ...files, 'a.c': 'rewritten\n' });
});

test("nothing is written into the user's tree or repository", async () => {
  symlinkSync('a.c', join(mine, 'link'));
  commit({});
  const snapshot = () =>
    listFolder(mine).map(({ path, kind }) => [path, kind === 'link' || readFileSync(join(mine, path), 'latin1')]);
  const before = snapshot();
  await bring({ 'a.c': 'edited\n' });
  expect(snapshot()).toEqual(before);
});

test('a repository that is gone is said to be', async () => {
  await bring();
  renameSync(join(mine, '.git'), join(folder, 'moved.git'));
  rmSync(join(folder, 'trees'), { recursive: true });
  const source = join(folder, 'out/fetch-kernel/source');
  expect(readFileSync(join(source, 'source.json'), 'utf8')).toContain('local');
  await expect(bringTree(bench, patchTo(folder, {}), { local: mine })).rejects.toThrow('local-tree-unfit');
});

test('a git that was killed while it wrote does not block the tree for ever', async () => {
  await bring();
  const [name = ''] = readdirSync(join(folder, 'trees')).filter((each) => !each.endsWith('.json'));
  writeFileSync(join(folder, 'trees', name, 'repository/index.lock'), '');
  expect(textsOf((await bring({ 'a.c': 'edited\n' })).source)).toEqual({ ...files, 'a.c': 'edited\n' });
});

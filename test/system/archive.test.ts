import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Header } from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unpackArchives } from '../../src/system/archive.js';
import { listFolder } from '../../src/system/files.js';
import { removeFolder, temporaryFolder, writeFiles } from '../rig/context.js';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

interface RawEntry {
  readonly path: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'Directory';
  readonly linkpath?: string;
  readonly text?: string;
}

/** A tar with entries that no honest program would write. */
function rawTar(name: string, entries: readonly RawEntry[]): string {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath = '', text = '' }) => {
    const header = new Header({ path, type, linkpath, size: Buffer.byteLength(text), mode: 0o644, mtime: new Date(0) });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    const data = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    data.write(text);
    return [block, data];
  });
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat([...blocks, Buffer.alloc(1024)]));
  return file;
}

/** A small tree with everything that source trees have, packed by GNU tar. */
function packTree(name: string, ...options: string[]): string {
  const tree = join(folder, 'in', 'top-1.0');
  writeFiles(tree, { 'a.c': 'int a;\n', 'sub/deep/b.h': '', 'sub/big': 'x'.repeat(5_000), 'run.sh': '#!/bin/sh\n' });
  writeFiles(tree, { [`long/${'n'.repeat(120)}/${'m'.repeat(120)}`]: 'long names\n', ünïcode: 'u\n' });
  chmodSync(join(tree, 'run.sh'), 0o755);
  if (!existsSync(join(tree, 'same.c'))) {
    symlinkSync('../a.c', join(tree, 'sub', 'link'));
    linkSync(join(tree, 'a.c'), join(tree, 'same.c'));
  }
  utimesSync(join(tree, 'a.c'), 1_000_000_000, 1_000_000_000);
  const file = join(folder, name);
  execFileSync('tar', ['-C', join(folder, 'in'), ...options, '-cf', file, 'top-1.0']);
  return file;
}

const unpack = (file: string, layer: { strip?: number; only?: string; into?: string } = {}) =>
  unpackArchives({ layers: [{ file, strip: 0, ...layer }], folder: join(folder, 'out') });

function leftovers(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('out'));
}

describe('an archive of any packing comes out as GNU tar unpacks it', () => {
  test.each([
    ['a.tar', []],
    ['a.tar.gz', ['-z']],
    ['a.tar.xz', ['-J']],
    ['a.tar.bz2', ['-j']],
    ['a.tar', ['--format=ustar', '--exclude=long']],
    ['a.tar', ['--format=posix']],
    ['a.tar', ['--format=oldgnu']],
  ] as [string, string[]][])('%s %s', async (name, options) => {
    const file = packTree(name, ...options);
    mkdirSync(join(folder, 'gnu'));
    execFileSync('tar', ['-C', join(folder, 'gnu'), '-xf', file]);
    expect(await unpack(file)).toMatchObject({ ok: true });
    const describeTree = (top: string) =>
      listFolder(top).map(({ path, kind }) => [
        path,
        kind === 'link' ? readlinkSync(join(top, path)) : readFileSync(join(top, path), 'latin1'),
        kind === 'link' || (statSync(join(top, path)).mode & 0o100) !== 0,
        kind === 'link' || Math.floor(statSync(join(top, path)).mtimeMs / 1000),
      ]);
    expect(describeTree(join(folder, 'out'))).toEqual(describeTree(join(folder, 'gnu')));
  });

  test('a.tar.zst', async () => {
    try {
      execFileSync('zstd', ['--version']);
    } catch {
      return;
    }
    expect(await unpack(packTree('a.tar.zst', '--zstd'))).toMatchObject({ ok: true });
  });
});

test('a hard link is a file of its own, so that patching one name leaves the other', async () => {
  await unpack(packTree('a.tar'), { strip: 1 });
  const inode = (path: string) => statSync(join(folder, 'out', path)).ino;
  expect(readFileSync(join(folder, 'out/same.c'), 'utf8')).toBe('int a;\n');
  expect(inode('same.c')).not.toBe(inode('a.c'));
});

test('strip, only and into choose what comes out and where it goes', async () => {
  const file = packTree('a.tar');
  const extra = rawTar('extra.tar', [{ path: './patches/series', text: 'one\n' }]);
  const result = await unpackArchives({
    layers: [
      { file, strip: 1, only: 'sub' },
      { file: extra, strip: 0, into: 'debian' },
    ],
    folder: join(folder, 'out'),
  });
  expect(result).toEqual({
    ok: false,
    failure: expect.objectContaining({ reason: 'path-outside', path: 'link' }) as unknown,
  });
  const bare = packTree('b.tar', '--exclude=link');
  expect(
    await unpackArchives({
      layers: [
        { file: bare, strip: 1, only: 'sub' },
        { file: extra, strip: 0, into: 'debian' },
      ],
      folder: join(folder, 'out'),
    }),
  ).toEqual({ ok: true, value: { files: 3 } });
  expect(listFolder(join(folder, 'out')).map(({ path }) => path)).toEqual(['big', 'debian/patches/series', 'deep/b.h']);
});

describe('nothing leaves the folder', () => {
  const evil: [string, RawEntry[]][] = [
    ['an entry with ..', [{ path: 'a/../../evil', text: 'x' }]],
    ['an absolute entry', [{ path: '/tmp/evil', text: 'x' }]],
    [
      'a file through a link',
      [
        { path: 'l', type: 'SymbolicLink', linkpath: 'd' },
        { path: 'l/evil', text: 'x' },
      ],
    ],
    [
      'a folder through a link',
      [
        { path: 'l', type: 'SymbolicLink', linkpath: 'd' },
        { path: 'l', type: 'Directory' },
      ],
    ],
    ['a link to outside', [{ path: 'd/l', type: 'SymbolicLink', linkpath: '../../evil' }]],
    ['a link that climbs out and in again', [{ path: 'l', type: 'SymbolicLink', linkpath: '../out/x' }]],
    ['an absolute link', [{ path: 'l', type: 'SymbolicLink', linkpath: '/etc/passwd' }]],
    ['a hard link to outside', [{ path: 'l', type: 'Link', linkpath: '../../etc/passwd' }]],
    [
      'a hard link through a link',
      [
        { path: 'd/f', text: 'x' },
        { path: 'l', type: 'SymbolicLink', linkpath: 'd' },
        { path: 'h', type: 'Link', linkpath: 'l/f' },
      ],
    ],
  ];
  test.each(evil)('%s', async (_name, entries) => {
    const result = await unpack(rawTar('evil.tar', entries));
    expect(result).toMatchObject({ ok: false, failure: { reason: 'path-outside' } });
    expect(leftovers()).toEqual([]);
  });

  test('a file that takes the place of a link replaces the link and not what it points at', async () => {
    const file = rawTar('a.tar', [
      { path: 'f', text: 'first' },
      { path: 'l', type: 'SymbolicLink', linkpath: 'f' },
      { path: 'l', text: 'second' },
    ]);
    expect(await unpack(file)).toMatchObject({ ok: true });
    expect(readFileSync(join(folder, 'out/f'), 'utf8')).toBe('first');
    expect(readFileSync(join(folder, 'out/l'), 'utf8')).toBe('second');
  });
});

describe('a broken archive is named and leaves nothing', () => {
  test.each(['a.tar', 'a.tar.xz', 'a.tar.gz', 'a.tar.bz2'])('%s cut in the middle', async (name) => {
    const file = packTree(name, '-a');
    truncateSync(file, Math.floor(statSync(file).size * 0.6));
    expect(await unpack(file)).toMatchObject({ ok: false, failure: { reason: 'archive-broken', file } });
    expect(leftovers()).toEqual([]);
  });

  test('a tar cut between two entries', async () => {
    const file = rawTar('a.tar', [
      { path: 'f', text: 'x' },
      { path: 'g', text: 'y' },
    ]);
    truncateSync(file, 1024);
    expect(await unpack(file)).toMatchObject({ ok: false, failure: { reason: 'archive-broken' } });
  });

  test.each([
    ['a device', [{ path: 'null', type: 'CharacterDevice' as const }]],
    [
      'a name that is a file and a folder',
      [
        { path: 'f', text: 'x' },
        { path: 'f/g', text: 'y' },
      ],
    ],
    ['a hard link to what is not there', [{ path: 'l', type: 'Link' as const, linkpath: 'later' }]],
  ])('%s', async (_name, entries) => {
    expect(await unpack(rawTar('a.tar', entries))).toMatchObject({ ok: false, failure: { reason: 'archive-broken' } });
  });

  test('a file that is no archive', async () => {
    const file = join(folder, 'page.tar');
    writeFileSync(file, '<html>not found</html>'.repeat(100));
    expect(await unpack(file)).toMatchObject({ ok: false, failure: { reason: 'archive-broken', file } });
  });

  test('an archive that is not there', async () => {
    expect(await unpack(join(folder, 'no.tar'))).toMatchObject({
      ok: false,
      failure: { reason: 'file-trouble', code: 'ENOENT' },
    });
  });
});

test('an interrupted unpacking leaves nothing', async () => {
  const file = packTree('a.tar.xz', '-J');
  const result = await unpackArchives({
    layers: [{ file, strip: 0 }],
    folder: join(folder, 'out'),
    signal: AbortSignal.abort(),
  });
  expect(result).toEqual({ ok: false, failure: { reason: 'interrupted' } });
  expect(leftovers()).toEqual([]);
});

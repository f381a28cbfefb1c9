import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestFile } from '../../src/system/files.js';
import { archiveTree } from '../../src/system/git-archive.js';
import { startGitRig, type GitRig } from '../rig/git.js';

let rig: GitRig;

beforeEach(() => {
  rig = startGitRig();
});

afterEach(() => rig.close());

async function archive(repository: string, revision: string, name: string): Promise<string> {
  const to = join(rig.folder, name);
  const tree = rig.git(repository, 'rev-parse', revision);
  const result = await archiveTree({
    repository,
    tree,
    to,
    scratch: join(rig.folder, 'scratch'),
    neededBy: 'fetch:kernel',
  });
  expect(result).toEqual({ ok: true, value: undefined });
  return to;
}

async function unpacked(file: string): Promise<(path: string) => string> {
  const folder = `${file}.d`;
  mkdirSync(folder);
  await tar.extract({ file, cwd: folder });
  return (path) => readFileSync(join(folder, path), 'utf8');
}

describe('the archive of a git tree', () => {
  test('is the same bytes for the same tree, whoever committed it and when', async () => {
    const one = rig.repository('one', { a: '1\n', 'b/c': '2\n' });
    const other = rig.repository('other', { a: '0\n' });
    rig.commit(other, { a: '1\n', 'b/c': '2\n' });
    const first = digestFile(await archive(one, 'HEAD^{tree}', 'one.tar'));
    rig.configure('[tar]\n\tumask = 0077\n');
    expect(digestFile(await archive(other, 'HEAD^{tree}', 'other.tar'))).toBe(first);
    const times = new Set<string>();
    await tar.list({
      file: join(rig.folder, 'one.tar'),
      onReadEntry: (entry) => times.add(entry.mtime?.toISOString() ?? ''),
    });
    expect([...times]).toEqual(['2000-01-01T00:00:00.000Z']);
  });

  test('holds every file as it was committed, whatever .gitattributes says', async () => {
    const repository = rig.repository('attributes', {
      '.gitattributes': 'hidden export-ignore\nversion export-subst\ndos text eol=crlf\nident ident\n',
      hidden: 'here\n',
      version: '$Format:%H$\n',
      dos: 'line\n',
      ident: '$Id$\n',
    });
    rig.configure('[core]\n\tautocrlf = true\n');
    const text = await unpacked(await archive(repository, 'HEAD^{tree}', 'attributes.tar'));
    expect([text('hidden'), text('version'), text('dos'), text('ident')]).toEqual([
      'here\n',
      '$Format:%H$\n',
      'line\n',
      '$Id$\n',
    ]);
  });

  test('can be of a folder of the tree, and leaves the repository as it was', async () => {
    const repository = rig.repository('repository', { top: 't\n', 'roms/qboot/main.c': 'm\n' });
    const before = rig.git(repository, 'count-objects', '-v');
    const text = await unpacked(await archive(repository, 'HEAD:roms/qboot', 'folder.tar'));
    expect(text('main.c')).toBe('m\n');
    expect(rig.git(repository, 'count-objects', '-v')).toBe(before);
  });

  test('works for a linked working tree', async () => {
    const repository = rig.repository('repository', { top: 't\n' });
    rig.git(repository, 'worktree', 'add', '--quiet', '../linked', '-b', 'other');
    const text = await unpacked(await archive(join(rig.folder, 'linked'), 'HEAD^{tree}', 'linked.tar'));
    expect(text('top')).toBe('t\n');
  });

  test('of a tree that is not there fails and says so', async () => {
    const repository = rig.repository('repository', { top: 't\n' });
    const to = join(rig.folder, 'x.tar');
    const result = await archiveTree({
      repository,
      tree: '3'.repeat(40),
      to,
      scratch: rig.folder,
      neededBy: 'fetch:kernel',
    });
    expect(result).toMatchObject({ ok: false, failure: { reason: 'git-failed', attempts: [{ url: repository }] } });
  });
});

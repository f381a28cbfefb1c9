import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecipeComponent } from '../../src/recipe/schema.js';
import { patchStep } from '../../src/steps/patch.js';
import { listFolder } from '../../src/system/files.js';
import { type Bench, removeFolder, writeFiles } from '../rig/context.js';
import { component } from '../rig/tree.js';
import { numbered, PatchRig } from './patch-rig.js';

let rig: PatchRig;
let folder = '';
let bench: Bench;
beforeEach(() => {
  rig = new PatchRig();
  ({ folder, bench } = rig);
});
afterEach(() => rig.close());

const fetched: PatchRig['fetched'] = (files, layout, prepare) => rig.fetched(files, layout, prepare);
const patch = (...patches: RecipeComponent['patches']) => rig.run(patches);
const patched = (path: string) => rig.patched(path);
const manifest = () => rig.manifest();

/** A patch of git, made by git from two folders. */
function gitDiff(before: Record<string, string>, after: Record<string, string>, ...options: string[]): string {
  const repository = join(folder, 'git');
  const git = (...line: string[]) => execFileSync('git', ['-C', repository, ...line], { encoding: 'latin1' });
  removeFolder(repository);
  mkdirSync(repository);
  git('init', '-q');
  writeFiles(repository, before);
  git('add', '-A');
  Object.keys(before).forEach((path) => removeFolder(join(repository, path)));
  writeFiles(repository, after);
  git('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-q', '-m', 'before');
  git('add', '-A');
  return git('diff', '--cached', ...options);
}

const simple = { 'dir/f.c': numbered(20) };
const edited = (text: string) => gitDiff({ 'dir/f.c': text }, { 'dir/f.c': text.replace('line 10\n', 'line ten\n') });

describe('a patch gives the bytes that git and GNU patch would give', () => {
  const before = {
    'edit.c': numbered(30),
    'gone.c': 'bye\n',
    'old/name.c': numbered(12),
    'crlf.txt': numbered(9).replaceAll('\n', '\r\n'),
    'no-end': 'a\nb',
    end: 'a\nb\n',
    latin: 'na\xefve\nx\n',
    'with space.c': 'one\n',
  };
  const after = {
    'edit.c': numbered(30).replace('line 3\n', '').replace('line 20\n', 'line 20\nnew\n'),
    'new/file.c': 'hello\n',
    'new/no-end.c': 'hello',
    'new/name.c': numbered(12).replace('line 6', 'line six'),
    'crlf.txt': numbered(9).replaceAll('\n', '\r\n').replace('line 5', 'line five'),
    'no-end': 'a\nb\n',
    end: 'a\nb',
    latin: 'na\xefve\ny\n',
    'with space.c': 'two\n',
  };

  test.each([
    ['with renames', ['-M']],
    ['without renames', ['--no-renames']],
    ['with one line of context', ['-U1']],
  ])('a patch of git %s', async (_name, options) => {
    fetched(before);
    const text = gitDiff(before, after, ...options);
    writeFileSync(join(folder, 'x.patch'), text, 'latin1');
    const result = await bench.run(
      patchStep({ component: 'kernel', recipeComponent: component({ patches: [join(folder, 'x.patch')] }) }),
    );
    expect(result).toEqual({ ok: true, value: undefined });
    const expected = Object.entries(after).map(([path, content]) => [path, Buffer.from(content).toString('latin1')]);
    expect(Object.fromEntries(expected)).toEqual(
      Object.fromEntries(expected.map(([path = '']) => [path, patched(path)])),
    );
    expect(manifest()).toContainEqual({ path: 'gone.c', mode: 'deleted' });
    expect(manifest()).toContainEqual({ path: 'old/name.c', mode: 'deleted' });
  });

  test('a file that becomes executable, and a new one that is', async () => {
    fetched({ 'run.sh': 'x\n' });
    const result = await patch(
      'diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n' +
        'diff --git a/new.sh b/new.sh\nnew file mode 100755\n--- /dev/null\n+++ b/new.sh\n@@ -0,0 +1 @@\n+hi\n',
    );
    expect(result.ok).toBe(true);
    expect(manifest()).toEqual([
      expect.objectContaining({ path: 'new.sh', mode: 'executable' }),
      expect.objectContaining({ path: 'run.sh', mode: 'executable' }),
    ]);
    expect(statSync(join(bench.output('patch:kernel', 'patched'), 'files/new.sh')).mode & 0o100).toBe(0o100);
  });

  test('a mail of git format-patch, with its text, its statistics and its signature', async () => {
    fetched(simple);
    const mail = `From 1234 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n--- is no header\n+ nor is this\n---\n dir/f.c | 2 +-\n\n${edited(numbered(20))}-- \n2.39.5\n\n`;
    expect(await patch(mail)).toMatchObject({ ok: true });
    expect(patched('dir/f.c')).toContain('line ten\n');
  });

  test.each([
    ['quilt with .orig', '--- kernel.orig/dir/f.c\t2020-01-01\n+++ kernel/dir/f.c\t2020-01-02\n'],
    ['Index lines', 'Index: b/dir/f.c\n=====\n--- b.orig/dir/f.c\n+++ b/dir/f.c\n'],
    ['the old file with an ending', '--- dir/f.c.orig\n+++ dir/f.c\n'],
    ['no leading folder', '--- dir/f.c\n+++ dir/f.c\n'],
  ])('names as %s has them', async (_name, header) => {
    fetched(simple);
    expect(await patch(`${header}@@ -9,3 +9,3 @@\n line 9\n-line 10\n+line ten\n line 11\n`)).toMatchObject({
      ok: true,
    });
    expect(patched('dir/f.c')).toContain('line 9\nline ten\nline 11\n');
  });

  test('a patch whose lines all got CR at their ends', async () => {
    fetched(simple);
    expect(await patch(edited(numbered(20)).replaceAll('\n', '\r\n'))).toMatchObject({ ok: true });
    expect(patched('dir/f.c')).toBe(numbered(20).replace('line 10\n', 'line ten\n'));
  });

  test('several patches, each over the one before', async () => {
    fetched(simple);
    const first = edited(numbered(20));
    const second = gitDiff(
      { 'dir/f.c': numbered(20).replace('line 10\n', 'line ten\n') },
      { 'dir/f.c': numbered(20).replace('line 10\n', 'line 10!\n') },
    );
    expect(await patch(first, second)).toMatchObject({ ok: true });
    expect(patched('dir/f.c')).toContain('line 10!\n');
  });

  test('patches that undo each other leave nothing patched', async () => {
    fetched(simple);
    const there = edited(numbered(20));
    const back = gitDiff({ 'dir/f.c': numbered(20).replace('line 10\n', 'line ten\n') }, simple);
    expect(await patch(there, back)).toMatchObject({ ok: true });
    expect(manifest()).toEqual([]);
  });

  test('no patches at all', async () => {
    fetched(simple);
    expect(await patch()).toMatchObject({ ok: true });
    expect(manifest()).toEqual([]);
  });
});

describe('what is not as the patch says is said', () => {
  test('at which line a hunk went in that is not at its place', async () => {
    fetched({ 'dir/f.c': `top\ntop\n${numbered(20)}` });
    expect(await patch(edited(numbered(20)))).toMatchObject({ ok: true });
    expect(bench.heard.notices).toEqual(['1.patch: dir/f.c at line 9 (offset 2)']);
    expect(bench.heard.lines).toContain('1.patch: hunk 1 of dir/f.c went in at line 9 (offset 2)');
    const applied: unknown = JSON.parse(readFileSync(bench.output('patch:kernel', 'applied'), 'utf8'));
    expect(applied).toEqual([
      { patch: '1.patch', alreadyIn: false, files: [{ path: 'dir/f.c', hunks: [{ line: 9, offset: 2 }] }] },
    ]);
  });

  test('the offset counts nothing downstream', async () => {
    fetched(simple);
    await patch(edited(numbered(20)));
    expect(listFolder(bench.output('patch:kernel', 'patched')).map(({ path }) => path)).toEqual([
      'files/dir/f.c',
      'patched.json',
    ]);
  });

  test('a patch that is in already', async () => {
    fetched({ 'dir/f.c': numbered(20).replace('line 10\n', 'line ten\n') });
    expect(await patch(edited(numbered(20)))).toMatchObject({ ok: true });
    expect(bench.heard.notices).toEqual(['1.patch is in the source already and was left out']);
    expect(manifest()).toEqual([]);
  });

  test('a patch that is in already is not put in a second time where the same lines come again', async () => {
    const block = numbered(20);
    fetched({ 'dir/f.c': block.replace('line 10\n', 'line 10\nnew\n') + block });
    const insert = gitDiff(
      { 'dir/f.c': block + block },
      { 'dir/f.c': block.replace('line 10\n', 'line 10\nnew\n') + block },
    );
    expect(await patch(insert)).toMatchObject({ ok: true });
    expect(manifest()).toEqual([]);
  });

  test('a new file, a removed file and a rename that are in already', async () => {
    fetched({ 'new.c': 'n\n', 'moved.c': numbered(5) });
    const text = gitDiff({ 'old.c': 'o\n', 'm.c': numbered(5) }, { 'new.c': 'n\n', 'moved.c': numbered(5) }, '-M');
    expect(await patch(text)).toMatchObject({ ok: true });
    expect(manifest()).toEqual([]);
  });
});

describe('a patch that cannot be applied leaves everything as it was', () => {
  test('names the file, the hunk, the line, and what differs', async () => {
    fetched({ 'dir/f.c': numbered(20).replace('line 11', 'line eleven') });
    expect(await patch(edited(numbered(20)))).toEqual({
      ok: false,
      failure: {
        reason: 'patch-rejected',
        patch: '1.patch',
        file: 'dir/f.c',
        hunk: 1,
        line: 7,
        expected: ['line 11', 'line 12', 'line 13'],
        found: ['line eleven', 'line 12', 'line 13', 'line 14'],
        detail: 'the lines differ at line 11, the place that is most like it',
      },
    });
    expect(existsSync(bench.output('patch:kernel', 'patched'))).toBe(false);
  });

  test('names the second hunk when the first went in', async () => {
    const text = gitDiff({ f: numbered(40) }, { f: numbered(40).replace('line 5\n', '').replace('line 35', 'x') });
    fetched({ f: numbered(40).replace('line 34', 'y') });
    expect(await patch(text)).toMatchObject({ failure: { reason: 'patch-rejected', hunk: 2, file: 'f' } });
  });

  test.each([
    ['a file that is not there', { g: '' }, 'the file is not there'],
    [
      'line ends of the other kind',
      { 'dir/f.c': numbered(20).replaceAll('\n', '\r\n') },
      'the line ends differ (CRLF against LF) at line 7',
    ],
  ])('%s', async (_name, files, detail) => {
    fetched(files);
    expect(await patch(edited(numbered(20)))).toMatchObject({ failure: { reason: 'patch-rejected', detail } });
  });

  test('no fuzz: a hunk with one wrong line of context is refused', async () => {
    fetched({ 'dir/f.c': numbered(20).replace('line 7\n', 'line seven\n') });
    expect(await patch(edited(numbered(20)))).toMatchObject({ failure: { reason: 'patch-rejected' } });
  });

  test('a new file that is there already with other bytes', async () => {
    fetched({ 'new.c': 'other\n' });
    expect(await patch(gitDiff({ x: '' }, { x: '', 'new.c': 'n\n' }))).toMatchObject({
      failure: { reason: 'patch-rejected', file: 'new.c' },
    });
  });

  const malformed: [string, string | (() => string), number | undefined][] = [
    ['no patch at all', 'hello\nworld\n', undefined],
    ['a hunk that is cut off', () => edited(numbered(20)).split('\n').slice(0, 9).join('\n'), 9],
    ['a hunk with too few lines announced', () => edited(numbered(20)).replace('-7,7 +7,7', '-7,6 +7,6'), undefined],
    ['a hunk without a file', '@@ -1 +1 @@\n-a\n+b\n', 1],
    ['a binary change', 'diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n', 3],
    ['a binary change with data', 'diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 1\n', 3],
    [
      'a symbolic link',
      'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n\\ No newline at end of file\n',
      1,
    ],
  ];
  test.each(malformed)('%s', async (_name, text, line) => {
    fetched(simple);
    const result = await patch(typeof text === 'string' ? text : text());
    expect(result).toMatchObject({
      failure: { reason: 'patch-malformed', patch: '1.patch', ...(line === undefined ? {} : { line }) },
    });
  });

  const outside: [string, string][] = [
    ['..', '--- a/../../evil\n+++ b/../../evil\n'],
    ['an absolute name', '--- /etc/passwd\n+++ /etc/passwd\n'],
    ['a folder that is a link', '--- a/link/f\n+++ b/link/f\n'],
    ['a file that is a link', '--- a/filelink\n+++ b/filelink\n'],
    ['a new file below a link', '--- /dev/null\n+++ b/link/new\n'],
  ];
  test.each(outside)('through %s', async (_name, names) => {
    fetched({ 'real/f': 'x\n' }, {}, (top) => {
      symlinkSync('real', join(top, 'link'));
      symlinkSync('real/f', join(top, 'filelink'));
    });
    const hunk = names.includes('/dev/null') ? '@@ -0,0 +1 @@\n+y\n' : '@@ -1 +1 @@\n-x\n+y\n';
    expect(await patch(names + hunk)).toMatchObject({ failure: { reason: 'path-outside' } });
  });
});

describe("the distribution's own series", () => {
  const series = { 'debian/patches/series': '# ours\n1.diff\n\nsub/2.diff -p2 # remark\n' };
  const diff = (name: string) => `--- ${name}\n+++ ${name}\n@@ -1 +1 @@\n-x\n+y\n`;

  test('is applied first, without a word about offsets', async () => {
    fetched(
      {
        ...series,
        'debian/patches/1.diff': diff('a/f'),
        'debian/patches/sub/2.diff': diff('a/b/g'),
        f: 'x\n',
        g: 'x\n',
      },
      { series: 'debian/patches/series' },
    );
    expect(await patch(`--- a/f\n+++ b/f\n@@ -1 +1 @@\n-y\n+z\n`)).toMatchObject({ ok: true });
    expect([patched('f'), patched('g')]).toEqual(['z\n', 'y\n']);
  });

  test('counts only where it touches the folder that is taken out of the source', async () => {
    const layers = [
      { archive: 'a.tar', strip: 1, only: 'roms/x' },
      { archive: 'a.tar', strip: 2, into: 'debian', only: 'patches' },
    ];
    fetched(
      {
        'roms/x/f': 'x\n',
        other: 'x\n',
        'debian/patches/series': '1.diff\n',
        'debian/patches/1.diff': diff('a/roms/x/f') + diff('a/other'),
      },
      { series: 'debian/series', layers },
    );
    expect(await patch()).toMatchObject({ ok: true });
    expect(manifest()).toEqual([expect.objectContaining({ path: 'f' })]);
  });
});

describe('a series of our own', () => {
  const main = (version: string) => ({
    'init/main.c': `${numbered(1500)}\n\trcu_end_inkernel_boot();\n\n\tdo_sysctl_args();\n\n\tif (ramdisk_execute_command) {\n`,
    Makefile: `# SPDX\nVERSION = ${version.split('.')[0]}\nPATCHLEVEL = ${version.split('.')[1]}\nSUBLEVEL = 0\n`,
  });

  test('is taken for the version that fetching learnt', async () => {
    fetched(main('6.1'), { version: '6.1.192' });
    expect(await patch({ series: 'linux' })).toMatchObject({ ok: true });
    expect(patched('init/main.c')).toContain('outb(2, 0xf6);');
  });

  test('is taken for the version in the Makefile of a tree that nobody knows the version of', async () => {
    fetched(main('5.10'));
    expect(await patch({ series: 'linux' })).toMatchObject({ ok: true });
  });

  test('is not there for a kernel that is too old', async () => {
    fetched(main('4.17'), { version: '4.17' });
    const result = await patch({ series: 'linux' });
    expect(result).toMatchObject({ failure: { reason: 'patch-series-missing', series: 'linux', version: '4.17' } });
  });

  test('every one of its patches counts for the fingerprint, under names that two machines agree on', () => {
    const step = patchStep({ component: 'kernel', recipeComponent: component({ patches: [{ series: 'linux' }] }) });
    expect(Object.keys(step.inputs.files)).toContainEqual(expect.stringMatching(/^linux\/5\.8\/0001-.*\.patch$/));
  });
});

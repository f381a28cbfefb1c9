import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { numbered, PatchRig } from '../patch-rig.js';

let rig: PatchRig;
beforeEach(() => {
  rig = new PatchRig();
});
afterEach(() => rig.close());

/** Changes these lines of a file of numbered ones, with a line of context. */
function changing(path: string, ...lines: number[]): string {
  const hunks = lines.map(
    (line) => `@@ -${line - 1},3 +${line - 1},3 @@\n line ${line - 1}\n-line ${line}\n+changed\n line ${line + 1}\n`,
  );
  return `--- a/${path}\n+++ b/${path}\n${hunks.join('')}`;
}

describe('a patch that went in says in one line where', () => {
  test('one hunk, several, and several files', async () => {
    rig.fetched({ 'a.c': numbered(20), 'b.c': `top\n${numbered(20)}` });
    await rig.run([changing('a.c', 5), changing('a.c', 10, 15) + changing('b.c', 8)]);
    expect(rig.bench.heard.notices).toEqual([
      '1.patch: a.c at line 4',
      '2.patch: a.c at lines 9, 14; b.c at line 8 (offset 1)',
    ]);
    expect(rig.bench.heard.lines).toEqual(
      expect.arrayContaining([
        '1.patch: hunk 1 of a.c went in at line 4',
        '2.patch: hunk 1 of a.c went in at line 9',
        '2.patch: hunk 2 of a.c went in at line 14',
        '2.patch: hunk 1 of b.c went in at line 8 (offset 1)',
      ]),
    );
  });

  test('files that come, go, move or change their mode', async () => {
    rig.fetched({ 'gone.c': 'x\n', 'old.c': numbered(9), 'run.sh': 'x\n' });
    const text =
      '--- /dev/null\n+++ b/new.c\n@@ -0,0 +1 @@\n+x\n' +
      '--- a/gone.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n' +
      'diff --git a/old.c b/moved.c\nsimilarity index 90%\nrename from old.c\nrename to moved.c\n--- a/old.c\n+++ b/moved.c\n@@ -4,3 +4,3 @@\n line 4\n-line 5\n+five\n line 6\n' +
      'diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n';
    expect(await rig.run([text])).toMatchObject({ ok: true });
    expect(rig.bench.heard.notices).toEqual([
      '1.patch: new.c is new; gone.c is removed; moved.c is renamed, at line 4; old.c is removed; run.sh has another mode',
    ]);
    expect(rig.bench.heard.lines).toContain('1.patch: hunk 1 of moved.c went in at line 4');
  });

  test('a large one only counts them, and the log has every one', async () => {
    rig.fetched({ 'a.c': numbered(60), 'b.c': `top\n${numbered(60)}` });
    await rig.run([changing('a.c', 5, 10, 15, 20, 25) + changing('b.c', 5, 10)]);
    expect(rig.bench.heard.notices).toEqual(['1.patch: 7 hunks in 2 files (2 at an offset)']);
    expect(rig.bench.heard.lines.filter((line) => line.includes('went in at line'))).toHaveLength(7);
  });

  test("of the distribution's own series only the log speaks", async () => {
    rig.fetched(
      { 'a.c': numbered(9), 'debian/patches/series': '1.diff\n', 'debian/patches/1.diff': changing('a.c', 5) },
      { series: 'debian/patches/series' },
    );
    await rig.run([]);
    expect(rig.bench.heard.notices).toEqual([]);
    expect(rig.bench.heard.lines).toContain('1.diff: hunk 1 of a.c went in at line 4');
  });
});

describe('fuzz', () => {
  const before = numbered(30);
  const hunk = (from: number) =>
    `@@ -${from},7 +${from},7 @@\n${[0, 1, 2].map((n) => ` line ${from + n}\n`).join('')}-line ${from + 3}\n+changed\n${[4, 5, 6].map((n) => ` line ${from + n}\n`).join('')}`;
  const text = `--- a/f.c\n+++ b/f.c\n${hunk(5)}${hunk(15)}`;
  const changed = (there: string) => there.replace('line 8\n', 'changed\n').replace('line 18\n', 'changed\n');

  test.each([
    ['none is needed', before, 0, 'f.c at lines 5, 15'],
    [
      'the first line of a hunk is another',
      before.replace('line 5\n', 'other\n'),
      1,
      'f.c at lines 5 (with fuzz 1), 15',
    ],
    ['the second last one is', before.replace('line 20\n', 'other\n'), 2, 'f.c at lines 5, 15 (with fuzz 2)'],
    [
      'the hunk has moved too',
      `top\n${before.replace('line 15\n', 'other\n')}`,
      1,
      'f.c at lines 6 (offset 1), 16 (offset 1, with fuzz 1)',
    ],
  ])('%s', async (_name, there, needed, said) => {
    rig.fetched({ 'f.c': there });
    if (needed > 0) {
      expect(await rig.run([text], needed - 1)).toMatchObject({ failure: { reason: 'patch-rejected' } });
      expect(rig.bench.heard.notices).toEqual([]);
    }
    expect(await rig.run([text], needed)).toMatchObject({ ok: true });
    expect(rig.bench.heard.notices).toEqual([`1.patch: ${said}`]);
    expect(rig.patched('f.c')).toBe(changed(there));
  });

  test('never lets the lines that go be others, nor does it forget where a hunk belongs', async () => {
    rig.fetched({ 'f.c': before.replace('line 8\n', 'other\n') });
    expect(await rig.run([text], 3)).toMatchObject({ failure: { reason: 'patch-rejected', hunk: 1 } });
    rig.fetched({ 'f.c': numbered(30, 100) });
    const adding = '--- a/f.c\n+++ b/f.c\n@@ -5,2 +5,3 @@\n line 5\n+new\n line 6\n';
    expect(await rig.run([adding], 3)).toMatchObject({ failure: { reason: 'patch-rejected', hunk: 1 } });
  });

  test('a patch that is in already is not put in a second time', async () => {
    rig.fetched({ 'f.c': changed(before) });
    expect(await rig.run([text], 3)).toMatchObject({ ok: true });
    expect(rig.manifest()).toEqual([]);
  });
});

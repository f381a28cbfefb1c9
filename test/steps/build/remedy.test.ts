import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Build } from '../../../src/recipe/schema.js';
import { RemedyWatch } from '../../../src/steps/build/remedy.js';
import { MakeRig } from '../make-rig.js';

const outputs = { image: 'prog' };

describe('a build that compilers of today stop is told what to add to the recipe', () => {
  let rig: MakeRig;
  beforeEach(async () => {
    rig = await MakeRig.open();
  });
  afterEach(() => rig.close());

  const plain: Build & { system: 'make' } = { system: 'make', targets: [], variables: {}, 'cc-options': [] };
  const source = { 'one.c': 'int main(void) { int unused; return 0; }\n' };
  const strict = 'prog: one.c\n\t$(CC) $(CFLAGS) -Wall -Werror -o $@ $<\n';

  test('a warning that is an error in a plain Makefile: what it says to add builds', async () => {
    rig.fetched({ ...source, Makefile: strict });
    const made = await rig.make({ build: plain, outputs });
    expect(made).toMatchObject({
      failure: {
        reason: 'command-failed',
        remedy: { kind: 'warnings-as-errors', key: 'cc-options', add: ['-Wno-error=unused-variable'] },
      },
    });
    const add = !made.ok && made.failure.reason === 'command-failed' ? (made.failure.remedy?.add ?? []) : [];
    expect(await rig.make({ build: { ...plain, 'cc-options': [...add] }, outputs })).toMatchObject({ ok: true });
  });

  test('the same behind a ./configure, which has an argument for it', async () => {
    const configure =
      '#!/bin/sh\necho "prog: ../one.c" > Makefile\nprintf "\\tcc -Wall -Werror $CFLAGS -o prog ../one.c\\n" >> Makefile\n';
    rig.fetched({ ...source, configure });
    const build: Build = { ...plain, system: 'configure', options: [] };
    expect(await rig.make({ build, outputs })).toMatchObject({
      failure: { remedy: { key: 'cc-options', add: ['-Wno-error'], orArgument: '--disable-werror' } },
    });
    expect(await rig.make({ build: { ...build, 'cc-options': ['-Wno-error'] }, outputs })).toMatchObject({ ok: true });
  });

  test('code for fixed addresses that is linked as a program that may lie anywhere', async () => {
    const makefile = 'prog: one.c\n\tcc -c -fno-pie -mcmodel=small one.c\n\tcc -pie -o $@ one.o\n';
    rig.fetched({ 'one.c': 'static int x[9];\nint main(int n, char **v) { return x[n]; }\n', Makefile: makefile });
    expect(await rig.make({ build: plain, outputs })).toMatchObject({
      failure: { remedy: { kind: 'position-independent', add: ['-fno-pie', '-no-pie'] } },
    });
  });

  test('a mistake in the source has no such remedy', async () => {
    rig.fetched({ 'one.c': 'int main(void) { int unused; return nonsense; }\n', Makefile: strict });
    const made = await rig.make({ build: plain, outputs });
    expect(!made.ok && made.failure.reason === 'command-failed' && 'remedy' in made.failure).toBe(false);
  });
});

const remedy = (system: Build['system'], ...lines: string[]) => {
  const watch = new RemedyWatch();
  lines.forEach((line) => watch.hear(line));
  return watch.found(system);
};

test.each([
  [
    'GNU ld, for a firmware',
    "ld: code16.o: in function `int10':\ncode16.c:(.text+0x1): undefined reference to `_GLOBAL_OFFSET_TABLE_'",
    ['-fno-pie'],
  ],
  [
    'GNU ld, for 32-bit code',
    "/usr/bin/ld: one.o: relocation R_386_GOTOFF against undefined hidden symbol `x' can not be used when making a PIE object",
    ['-fno-pie', '-no-pie'],
  ],
  [
    'gcc 14, of what it used to warn of',
    "a.c:1:2: error: implicit declaration of function 'f' [-Wimplicit-function-declaration]",
    ['-Wno-error=implicit-function-declaration'],
  ],
  ['clang', "a.c:1:2: error: unused variable 'x' [-Werror,-Wunused-variable]", ['-Wno-error=unused-variable']],
  [
    'gcc, with -Werror=format alone',
    'a.c:1:2: error: too many arguments [-Werror=format]\ncc1: some warnings being treated as errors',
    ['-Wno-error=format'],
  ],
  ['gcc, of what has no name', 'cc1: error: something is odd [-Werror]', ['-Wno-error']],
])('the words of %s are understood', (_name, text, add) => {
  expect(remedy('make', ...text.split('\n'))?.add).toEqual(add);
});

test('a build with meson has another key for options', () => {
  expect(remedy('meson', 'a.c:1:2: error: x [-Werror=y]')?.key).toBe('cflags');
});

test('an error that only follows from another one is not what is to be cured', () => {
  expect(remedy('make', "a.c:1:2: error: unknown type name 'x'", 'a.c:3:4: error: y [-Werror=z]')).toBeUndefined();
});

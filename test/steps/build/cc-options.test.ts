import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Build } from '../../../src/recipe/schema.js';
import { makeStep } from '../../../src/steps/make.js';
import { Bench } from '../../rig/context.js';
import { component } from '../../rig/tree.js';
import { MakeRig } from '../make-rig.js';

let rig: MakeRig;
beforeEach(async () => {
  rig = await MakeRig.open();
});
afterEach(() => rig.close());

const unknown = ['-fcompilers-of-2050', '-Wno-error=unheard-of', '-Wno-unheard-of'];
const known = ['-DVALUE=5', '-fno-pie', '-no-pie', '-Wno-error=unused-variable', '-Wno-unused-variable', '-Wno-error'];
const outputs = { image: 'prog' };
const said = (text: string) => rig.bench.heard.lines.filter((line) => line.includes(text));

function printed(workspace = rig.bench): string {
  return execFileSync(rig.output('image', workspace), { encoding: 'utf8' });
}

describe('a plain Makefile', () => {
  const files = {
    'one.c': '#include <stdio.h>\nint main(void) { printf("%d %s", VALUE, __FILE__); return 0; }\n',
    Makefile: 'CFLAGS = -O1 -g\nprog: one.o\n\t$(CC) -o $@ $<\none.o: one.c\n\t$(CC) $(CFLAGS) -c -o $@ $<\n',
  };
  const build = (options: string[], variables: Record<string, string> = {}): Build & { system: 'make' } => ({
    system: 'make',
    targets: ['prog'],
    variables,
    'cc-options': options,
  });

  test('is compiled with the options that the compiler knows; the log says which were left away', async () => {
    rig.fetched(files);
    expect(await rig.make({ build: build([...unknown, ...known]), outputs })).toMatchObject({ ok: true });
    expect(printed()).toBe('5 one.c');
    expect(unknown.map((option) => said(`cc does not know ${option}: left away`).length)).toEqual([1, 1, 1]);
    expect(known.map((option) => said(`cc takes ${option}`).length > 0)).toEqual(known.map(() => true));
    const [compilation = ''] = said('-c -o one.o');
    expect(unknown.filter((option) => compilation.includes(option))).toEqual([]);
    expect(known.filter((option) => !compilation.includes(option))).toEqual([]);
  });

  test('keeps the CC of the recipe, and asks that compiler', async () => {
    rig.fetched(files);
    const odd = '#!/bin/sh\ncase " $* " in *" -fno-pie "*) exit 1;; esac\nexec cc "$@"\n';
    const wish = { build: build(known.slice(1), { CC: 'odd-cc  -DVALUE=6' }), outputs };
    await rig.withPrograms({ 'odd-cc': odd }, async () => {
      expect(await rig.make(wish)).toMatchObject({ ok: true });
    });
    expect(printed()).toBe('6 one.c');
    expect(said('odd-cc -DVALUE=6 does not know -fno-pie: left away')).toHaveLength(1);
  });

  test('is compiled anew when the options change', async () => {
    rig.fetched(files);
    await rig.make({ build: build(['-DVALUE=1']), outputs });
    await rig.make({ build: build(['-DVALUE=2']), outputs });
    expect(printed()).toBe('2 one.c');
  });

  test('gives the same bytes in workspaces at different paths, debug information included', async () => {
    const other = new Bench(join(rig.folder, 'a/quite/different/place'), { jobs: rig.jobs });
    for (const workspace of [rig.bench, other]) {
      rig.fetched(files, workspace);
      await rig.make({ build: build(['-DVALUE=3']), outputs }, workspace);
    }
    const [one, two] = [rig.bench, other].map((workspace) => readFileSync(rig.output('image', workspace)));
    expect(one?.includes('.debug_info')).toBe(true);
    expect(one?.includes(rig.folder)).toBe(false);
    expect(two?.equals(one ?? Buffer.alloc(0))).toBe(true);
  });

  test('a compiler that compiles nothing is told of as such, and no option is blamed', async () => {
    rig.fetched(files);
    const broken = '#!/bin/sh\necho "cc: fatal error: cannot execute cc1" >&2\nexit 1\n';
    await rig.withPrograms({ 'broken-cc': broken }, async () => {
      const made = await rig.make({ build: build(['-fno-pie'], { CC: 'broken-cc' }), outputs });
      expect(made).toMatchObject({
        failure: { reason: 'command-failed', lastLines: ['cc: fatal error: cannot execute cc1'] },
      });
    });
    expect(said('left away')).toEqual([]);
  });
});

describe('./configure', () => {
  const configure =
    '#!/bin/sh\necho "$CFLAGS" > c\necho "$CXXFLAGS" > c++\nprintf "prog: c c++\\n\\tcat c c++ > prog\\n" > Makefile\n';
  const build: Build = {
    system: 'configure',
    options: [],
    targets: ['prog'],
    variables: {},
    'cc-options': ['-std=gnu11', '-DX', '-fcompilers-of-2050'],
  };
  const plus = '#!/bin/sh\ncase " $* " in *" -std=gnu11 "*|*2050*) exit 1;; esac\n';

  test('gets what each of its compilers knows, so that an option of C alone breaks no C++', async () => {
    rig.fetched({ configure });
    await rig.withPrograms({ 'c++': plus }, () => rig.make({ build, outputs }));
    const always = `-O2 -ffile-prefix-map=TREE=.`;
    expect(flags()).toEqual([`${always} -std=gnu11 -DX`, `${always} -DX`]);
  });

  test('is served on a machine without a C++ compiler too', async () => {
    rig.fetched({ configure });
    const made = await rig.make({ build: { ...build, options: ['--cxx=no-such-c++', 'CC=gcc'] }, outputs });
    expect(made).toMatchObject({ ok: true });
    expect(flags()[1]).toBe('-O2 -ffile-prefix-map=TREE=.');
    expect(said('gcc takes -DX')).toHaveLength(1);
  });

  test('is run again when the options change', async () => {
    rig.fetched({ configure });
    await rig.make({ build, outputs });
    await rig.make({ build: { ...build, 'cc-options': ['-DY'] }, outputs });
    expect(flags()[0]).toMatch(/=\. -DY$/);
  });

  function flags(): string[] {
    return rig
      .text('image')
      .trim()
      .split('\n')
      .map((line) => line.replace(/=\/\S+=\./, '=TREE=.'));
  }
});

test('a kernel gets them in KCFLAGS, behind those of the recipe', async () => {
  rig.fetched({ Makefile: 'all:\n\techo "$(KCFLAGS)" > $(O)/prog\n' });
  const config = rig.bench.output('configure:firmware', 'config');
  mkdirSync(dirname(config), { recursive: true });
  writeFileSync(config, 'CONFIG_X=y\n');
  const build: Build & { system: 'kbuild' } = {
    system: 'kbuild',
    config: { base: 'tinyconfig', fragments: [] },
    configs: {},
    targets: ['all'],
    variables: { CC: 'cc', KCFLAGS: '-DA -DB' },
    'cc-options': ['-fno-pie', '-fcompilers-of-2050'],
  };
  expect(await rig.make({ build, outputs })).toMatchObject({ ok: true });
  expect(rig.text('image')).toBe('-DA -DB -fno-pie\n');
  await rig.make({ build: { ...build, variables: { CC: 'cc' }, 'cc-options': [] }, outputs });
  expect(rig.text('image')).toBe('\n');
});

test('options count for the fingerprint, and a recipe without them keeps the one that it had', () => {
  const builds: Build[] = [
    { system: 'make', targets: [], variables: {}, 'cc-options': [] },
    { system: 'configure', options: [], targets: [], variables: {}, 'cc-options': [] },
    {
      system: 'kbuild',
      config: { base: 'tinyconfig', fragments: [] },
      configs: {},
      targets: [],
      variables: {},
      'cc-options': [],
    },
  ];
  const params = (build: Build) =>
    makeStep({ component: 'firmware', recipeComponent: component({ build, outputs }) }).inputs.params;
  for (const build of builds) {
    expect(Object.keys(params(build))).not.toContain('cc-options');
    expect(params({ ...build, 'cc-options': ['-fno-pie'] } as Build)).toMatchObject({ 'cc-options': ['-fno-pie'] });
  }
});

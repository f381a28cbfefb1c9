import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Build } from '../../src/recipe/schema.js';
import { makeStep } from '../../src/steps/make.js';
import { markedProcesses } from '../../src/system/processes.js';
import { Bench } from '../rig/context.js';
import { component } from '../rig/tree.js';
import { MakeRig } from './make-rig.js';

let rig: MakeRig;
let folder = '';
let bench: Bench;
beforeEach(async () => {
  rig = await MakeRig.open();
  ({ folder, bench } = rig);
});
afterEach(() => rig.close());

const fetched: MakeRig['fetched'] = (files, workspace) => rig.fetched(files, workspace);
const make: MakeRig['make'] = (wish, workspace, signal) => rig.make(wish, workspace, signal);
const output: MakeRig['output'] = (name, workspace) => rig.output(name, workspace);
const text: MakeRig['text'] = (name) => rig.text(name);
const compiled = () =>
  bench.heard.lines.filter((line) => line.includes(' -c ')).map((line) => / (\w+)\.c\b/.exec(line)?.[1]);

const sources = {
  'one.c': 'int two(void);\nint main(void) { return two(); }\n',
  'two.c': 'int two(void) { return VALUE; }\n',
  'three.c': 'const char *three = __FILE__;\n',
};
const objects = 'prog: one.o two.o three.o\n\tcc -o $@ $^\n';
const makefile = `CFLAGS = -DVALUE=2\n${objects}%.o: %.c\n\tcc $(CFLAGS) -c -o $@ $<\n`;
const plain: Build & { system: 'make' } = { system: 'make', targets: ['prog'], variables: {}, 'cc-options': [] };
const edit = (from: string, to: string) =>
  `--- a/two.c\n+++ b/two.c\n@@ -1 +1 @@\n-int two(void) { return ${from}; }\n+int two(void) { return ${to}; }\n`;

const status = (program: string): number | null => {
  try {
    execFileSync(program);
    return 0;
  } catch (error) {
    return (error as { status: number | null }).status;
  }
};

describe('a plain Makefile', () => {
  test('gives its outputs, files and folders', async () => {
    fetched({ Makefile: 'all:\n\tmkdir -p d/e; echo x > d/e/f; echo y > y\n' });
    const build: Build = { system: 'make', targets: ['all'], variables: {}, 'cc-options': [] };
    expect(await make({ build, outputs: { image: 'y', data: 'd/' } })).toMatchObject({ ok: true });
    expect(text('image')).toBe('y\n');
    expect(readFileSync(join(output('data'), 'e/f'), 'utf8')).toBe('x\n');
  });

  test('a changed patch compiles only what it touches, and undoing it gives the first result', async () => {
    fetched({ ...sources, Makefile: makefile });
    const patch = join(folder, 'two.patch');
    writeFileSync(patch, edit('VALUE', '7'));
    const wish = { build: plain, outputs: { image: 'prog' } };
    await make(wish);
    expect(status(output('image'))).toBe(2);
    bench.heard.lines.length = 0;
    await make({ ...wish, patches: [patch] });
    expect(status(output('image'))).toBe(7);
    expect(compiled()).toEqual(['two']);
    bench.heard.lines.length = 0;
    await make(wish);
    expect(status(output('image'))).toBe(2);
    expect(compiled()).toEqual(['two']);
  });

  test('changed variables build everything anew, because a Makefile does not notice them', async () => {
    fetched({ ...sources, Makefile: makefile });
    await make({ build: plain, outputs: { image: 'prog' } });
    await make({ build: { ...plain, variables: { CFLAGS: '-DVALUE=9' } }, outputs: { image: 'prog' } });
    expect(status(output('image'))).toBe(9);
  });

  test('jobs run side by side within the budget', async () => {
    fetched({ Makefile: 'all: a b\na b:\n\ttouch $@.up; while [ ! -e a.up ] || [ ! -e b.up ]; do sleep 0.01; done\n' });
    const build: Build = { system: 'make', targets: ['all'], variables: {}, 'cc-options': [] };
    expect(await make({ build, outputs: { image: 'a.up' } })).toMatchObject({ ok: true });
  });
});

describe('a build that fails', () => {
  test('is told with its errors first and what came last', async () => {
    fetched({
      ...sources,
      'two.c': 'int two(void) { return nonsense; }\n',
      Makefile: makefile.replace('cc -o', 'seq 100; cc -o'),
    });
    const result = await make({ build: plain, outputs: { image: 'prog' } });
    expect(result).toMatchObject({ ok: false, failure: { reason: 'command-failed', status: 2 } });
    const lines = !result.ok && result.failure.reason === 'command-failed' ? result.failure.lastLines : [];
    expect(lines[0]).toMatch(/two\.c:1:24: error: .nonsense. undeclared/);
    expect(bench.heard.lines.some((line) => line.includes('nonsense'))).toBe(true);
  });

  test('goes on where it stopped once the patch is right', async () => {
    fetched({ ...sources, 'two.c': 'int two(void) { return nonsense; }\n', Makefile: makefile });
    await make({ build: plain, outputs: { image: 'prog' } });
    writeFileSync(join(folder, 'fix.patch'), edit('nonsense', '3'));
    await make({ build: plain, outputs: { image: 'prog' }, patches: [join(folder, 'fix.patch')] });
    expect(status(output('image'))).toBe(3);
  });

  test('an output that the build does not make is named', async () => {
    fetched({ ...sources, Makefile: makefile });
    const result = await make({ build: plain, outputs: { image: 'progg' } });
    expect(result).toEqual({ ok: false, failure: { reason: 'output-missing', output: 'image', path: 'progg' } });
  });

  test('a compiler without 32-bit support is blamed, and the package named', async () => {
    // A machine without it: a compiler that refuses -m32, first on the PATH.
    const cc =
      '#!/bin/sh\ncase " $* " in *" -m32 "*) echo "fatal error: bits/libc-header-start.h: No such file or directory" >&2; exit 1;; esac\nexec /usr/bin/cc "$@"\n';
    const made = await rig.withPrograms({ cc }, () => {
      fetched({ ...sources, Makefile: makefile.replace('-DVALUE=2', '-m32 -DVALUE=2') });
      return make({ build: plain, outputs: { image: 'prog' } });
    });
    expect(made).toMatchObject({
      failure: { reason: 'compiler-unfit', cannot: 'compile 32-bit code (-m32)', package: 'gcc-multilib' },
    });
  });
});

const configure = `#!/bin/sh
echo configured >> ../configured
cat > Makefile <<END
prog: ../one.c ../two.c ../three.c
\t\\$(CC) $CFLAGS $1 -o prog ../one.c ../two.c ../three.c
END
`;
const out: Build & { system: 'configure' } = {
  system: 'configure',
  options: ['-DVALUE=4'],
  targets: ['prog'],
  variables: { CC: 'cc' },
  'cc-options': [],
};

describe('configure and make in a build folder', () => {
  const times = (workspace?: string) =>
    readFileSync(join(treeSource(workspace), 'configured'), 'utf8').split('\n').length - 1;

  test('configures again only when its options have changed', async () => {
    fetched({ ...sources, configure });
    const patch = join(folder, 'two.patch');
    writeFileSync(patch, edit('VALUE', 'VALUE + 1'));
    await make({ build: out, outputs: { image: 'prog' } });
    expect(status(output('image'))).toBe(4);
    await make({ build: out, outputs: { image: 'prog' }, patches: [patch] });
    expect(status(output('image'))).toBe(5);
    expect(times()).toBe(1);
    await make({ build: { ...out, options: ['-DVALUE=6'] }, outputs: { image: 'prog' } });
    expect(status(output('image'))).toBe(6);
    expect(times()).toBe(2);
  });

  test('two workspaces at different paths give the same bytes', async () => {
    const other = new Bench(join(folder, 'a/quite/different/place'), { jobs: rig.jobs });
    for (const workspace of [bench, other]) {
      fetched({ ...sources, configure }, workspace);
      expect(await make({ build: out, outputs: { image: 'prog' } }, workspace)).toMatchObject({ ok: true });
    }
    expect(readFileSync(output('image', other)).equals(readFileSync(output('image')))).toBe(true);
    expect(readFileSync(output('image')).includes(folder)).toBe(false);
  });

  test('a workspace that was moved is configured anew, and one that stays is not', async () => {
    // As many a configure does, it names the sources by where they are.
    const naming = configure.replaceAll('../one.c', '$(cd .. && pwd)/one.c');
    fetched({ ...sources, configure: naming });
    const moved = new Bench(join(folder, 'moved'), { jobs: rig.jobs });
    const wish = { build: out, outputs: { image: 'prog' } };
    await make(wish);
    await make(wish);
    expect(times()).toBe(1);
    renameSync(bench.folder, moved.folder);
    const patch = join(folder, 'two.patch');
    writeFileSync(patch, edit('VALUE', 'VALUE + 1'));
    expect(await make({ ...wish, patches: [patch] }, moved)).toEqual({ ok: true, value: undefined });
    expect(status(output('image', moved))).toBe(5);
    expect(times('moved')).toBe(2);
  });

  test('a configure that fails is run again', async () => {
    fetched({
      ...sources,
      configure:
        '#!/bin/sh\n[ -e ../fixed ] || { echo "ERROR: no glib"; exit 1; }\nprintf "prog:\\n\\techo > prog\\n" > Makefile\n',
    });
    const result = await make({ build: out, outputs: { image: 'prog' } });
    expect(result).toMatchObject({ failure: { reason: 'command-failed' } });
    expect(!result.ok && result.failure.reason === 'command-failed' && result.failure.lastLines[0]).toBe(
      'ERROR: no glib',
    );
    writeFileSync(join(treeSource(), 'fixed'), '');
    expect(await make({ build: out, outputs: { image: 'prog' } })).toMatchObject({ ok: true });
  });
});

function treeSource(workspace = 'ws'): string {
  const trees = join(folder, workspace, 'trees');
  const name = execFileSync('ls', [trees], { encoding: 'utf8' })
    .split('\n')
    .find((each) => /^firmware-[0-9a-f]{16}$/.test(each));
  return join(trees, name ?? 'none', 'source');
}

describe('a make that is interrupted', () => {
  const slow = (seconds: string) =>
    `prog: part ../two.c\n\tcp part prog; cat ../two.c >> prog\npart: ../one.c\n\techo half > part; sleep ${seconds}; echo whole >> part\n`;
  const script = (seconds: string) => `#!/bin/sh\ncat > Makefile <<'END'\n${slow(seconds)}END\n`;

  test.each(['SIGTERM', 'SIGKILL'] as const)('leaves nothing half made for the next run (%s)', async (kind) => {
    fetched({ ...sources, configure: script('$$(cat ../delay)'), delay: '60\n' });
    const abort = new AbortController();
    const running = make({ build: out, outputs: { image: 'prog' } }, bench, abort.signal);
    const part = () => join(treeSource(), 'build/part');
    while (!existsSync(join(folder, 'ws/trees')) || !existsSync(part())) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (kind === 'SIGKILL') {
      // As if we were gone too: the tree's record still says that a make is under way.
      const state = readFileSync(join(treeSource(), '../state.json'), 'utf8');
      const { marker } = (JSON.parse(state) as { making: { marker: string } }).making;
      expect(markedProcesses(marker).length).toBeGreaterThan(0);
      abort.abort();
      await running;
      writeFileSync(join(treeSource(), '../state.json'), state);
      writeFileSync(part(), 'half\n');
    } else {
      abort.abort();
      expect(await running).toEqual({ ok: false, failure: { reason: 'interrupted' } });
    }
    writeFileSync(join(treeSource(), 'delay'), '0\n');
    expect(await make({ build: out, outputs: { image: 'prog' } })).toEqual({ ok: true, value: undefined });
    expect(text('image')).toBe(`half\nwhole\n${sources['two.c']}`);
  });
});

describe('meson', () => {
  const mesonBuild = {
    'meson.build': "project('p', 'c')\nexecutable('prog', 'one.c', 'two.c', 'three.c')\n",
  };
  const build: Build & { system: 'meson' } = { system: 'meson', options: [], cflags: ['-DVALUE=8'], targets: ['prog'] };

  test('builds with the compiler flags of the recipe, and again with others', async () => {
    fetched({ ...sources, ...mesonBuild });
    expect(await make({ build, outputs: { image: 'prog' } })).toMatchObject({ ok: true });
    expect(status(output('image'))).toBe(8);
    await make({ build: { ...build, cflags: ['-DVALUE=9'] }, outputs: { image: 'prog' } });
    expect(status(output('image'))).toBe(9);
    expect(statSync(output('image')).mode & 0o100).toBe(0o100);
  });

  test('builds on in a workspace that was copied to another place, the first of which is gone', async () => {
    const script = {
      'meson.build':
        "project('p', 'c')\ncustom_target('text', input: 'two.c', output: 'text', command: ['cp', meson.project_source_root() / 'two.c', '@OUTPUT@'], build_by_default: true)\n",
    };
    fetched({ ...sources, ...script });
    const wish = { build: { ...build, targets: [] }, outputs: { image: 'text' } };
    expect(await make(wish)).toMatchObject({ ok: true });
    const moved = new Bench(join(folder, 'moved'), { jobs: rig.jobs });
    execFileSync('cp', ['-a', bench.folder, moved.folder]);
    rmSync(bench.folder, { recursive: true });
    const patch = join(folder, 'two.patch');
    writeFileSync(patch, edit('VALUE', '7'));
    expect(await make({ ...wish, patches: [patch] }, moved)).toEqual({ ok: true, value: undefined });
    expect(readFileSync(output('image', moved), 'utf8')).toContain('return 7');
  });
});

test('what counts for the result is declared, and no folder of this machine is', () => {
  const recipeComponent = component({ build: out, outputs: { image: 'x/prog', data: 'y/prog', map: 'z/' } });
  const step = makeStep({ component: 'firmware', recipeComponent });
  expect(step.inputs.upstream).toEqual([
    { step: 'fetch:firmware', output: 'source' },
    { step: 'patch:firmware', output: 'patched' },
  ]);
  expect(step.outputs).toEqual({
    image: { path: 'image/prog', kind: 'file' },
    data: { path: 'data/prog', kind: 'file' },
    map: { path: 'z', kind: 'folder' },
  });
  expect(JSON.stringify(step.inputs.params)).not.toContain(folder);
});

describe('an output of other targets', () => {
  const files = {
    Makefile: 'all: prog\nprog: one.txt\n\tcp one.txt prog\nother:\n\t@true\n',
    'one.txt': 'one\n',
    configure: '#!/bin/sh\nprintf "prog: ../one.txt\\n\\tcp ../one.txt prog\\nother:\\n\\t@true\\n" > Makefile\n',
  };
  const kinds: Build[] = [
    { system: 'make', targets: ['prog'], variables: {}, 'cc-options': [] },
    { system: 'configure', options: [], targets: ['prog'], variables: {}, 'cc-options': [] },
  ];

  test.each(kinds)('that lies in the tree is not taken for what these targets make ($system)', async (build) => {
    fetched(files);
    const outputs = { image: 'prog' };
    expect(await make({ build, outputs })).toMatchObject({ ok: true });
    expect(await make({ build: { ...build, targets: ['other'] }, outputs })).toMatchObject({
      failure: { reason: 'output-missing' },
    });
    expect(await make({ build, outputs })).toMatchObject({ ok: true });
    expect(text('image')).toBe('one\n');
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KbuildBuild, KernelConfig } from '../../src/recipe/schema.js';
import { configureStep } from '../../src/steps/configure.js';
import { fetchConfig } from '../../src/steps/fetch/config.js';
import { makeStep } from '../../src/steps/make.js';
import { patchStep } from '../../src/steps/patch.js';
import { writeSourceLayout } from '../../src/steps/source-layout.js';
import { Jobserver } from '../../src/system/jobserver.js';
import { Bench, removeFolder, temporaryFolder, writeFiles } from '../rig/context.js';
import { component } from '../rig/tree.js';

/**
 * A kernel in small: `tinyconfig` and `olddefconfig` work on `$(O)/.config`; the latter knows a default, drops what it
 * does not know, and reads standard input, which would hang were it a terminal. `bzImage` is the configuration and a file.
 */
const kernel = {
  Makefile: `.PHONY: tinyconfig olddefconfig
tinyconfig:
\tprintf '# CONFIG_SMP is not set\\nCONFIG_TINY=y\\n' > $(O)/.config
olddefconfig:
\tcat; grep -v CONFIG_UNKNOWN $(O)/.config > $(O)/next; sed -i s/NR=0x10/NR=16/ $(O)/next; echo CONFIG_DEFAULT=y >> $(O)/next; mv $(O)/next $(O)/.config
bzImage: $(O)/bzImage
$(O)/bzImage: main.c $(O)/.config
\techo CC main.c; cat main.c $(O)/.config > $@; echo $(KBUILD_BUILD_TIMESTAMP) $(KBUILD_BUILD_USER)@$(KBUILD_BUILD_HOST) $(KBUILD_BUILD_VERSION) >> $@
`,
  'main.c': 'main\n',
  Kconfig: 'config A\n',
};

let folder = '';
let bench: Bench;
let jobs: Jobserver;
beforeEach(async () => {
  folder = temporaryFolder();
  const opened = await Jobserver.open(2);
  if (!opened.ok) {
    throw new Error(opened.failure.reason);
  }
  jobs = opened.value;
  bench = new Bench(folder, { jobs });
  const source = bench.output('fetch:kernel', 'source');
  mkdirSync(source, { recursive: true });
  writeFiles(join(folder, 'in/top'), kernel);
  execFileSync('tar', ['-C', join(folder, 'in'), '-cf', join(source, 'a.tar'), 'top']);
  writeSourceLayout(source, { kind: 'archives', layers: [{ archive: 'a.tar', strip: 1 }] });
});
afterEach(() => {
  jobs.close();
  removeFolder(folder);
});

function recipe(
  fragments: Record<string, string>,
  { base = 'tinyconfig', patches = [] }: { base?: KernelConfig['base']; patches?: string[] } = {},
) {
  writeFiles(folder, fragments);
  const paths = Object.keys(fragments).map((name) => join(folder, name));
  const build: KbuildBuild = {
    system: 'kbuild',
    config: { base, fragments: paths },
    targets: ['bzImage'],
    variables: {},
    configs: {},
    'cc-options': [],
  };
  return {
    component: 'kernel',
    recipeComponent: component({ build, patches, outputs: { image: 'bzImage' } }),
  } as const;
}

async function configure(options: ReturnType<typeof recipe>) {
  const patched = await bench.run(patchStep(options));
  return patched.ok ? bench.run(configureStep(options)) : patched;
}

const config = () => readFileSync(bench.output('configure:kernel', 'config'), 'utf8').trim().split('\n').sort();

describe('the configuration', () => {
  test('is the base with the fragments over it and defaults for the rest', async () => {
    expect(
      await configure(recipe({ 'a.config': '# why\nCONFIG_SMP=y\nCONFIG_A="x y"\n', 'b.config': 'CONFIG_A="z"\n' })),
    ).toMatchObject({ ok: true });
    expect(config()).toEqual(['CONFIG_A="z"', 'CONFIG_DEFAULT=y', 'CONFIG_SMP=y', 'CONFIG_TINY=y']);
  });

  test('can switch off what the base has on, and start from a file', async () => {
    const file = join(folder, 'mine.config');
    writeFileSync(file, 'CONFIG_X=y\nCONFIG_Y=y\n');
    await configure(recipe({ 'a.config': '# CONFIG_X is not set\n' }, { base: file }));
    expect(config()).toEqual(['# CONFIG_X is not set', 'CONFIG_DEFAULT=y', 'CONFIG_Y=y']);
  });

  test('starts from what was fetched from an address, as it would from that file', async () => {
    const fetched = bench.output('fetch:kernel-config', 'base.config');
    writeFiles(dirname(fetched), { 'base.config': 'CONFIG_X=y\nCONFIG_Y=y\n' });
    const base = { url: 'https://there.example/config', mirrors: [] };
    bench.declare(fetchConfig({ component: 'kernel', config: base }));
    expect(await configure(recipe({ 'a.config': '# CONFIG_X is not set\n' }, { base }))).toMatchObject({ ok: true });
    expect(config()).toEqual(['# CONFIG_X is not set', 'CONFIG_DEFAULT=y', 'CONFIG_Y=y']);
  });

  test('a member of a choice that a fragment picks comes after the one that the base picks, for Kconfig takes the last', async () => {
    const file = join(folder, 'mine.config');
    writeFileSync(file, '# CONFIG_FAST is not set\nCONFIG_SMALL=y\n');
    await configure(recipe({ 'a.config': 'CONFIG_FAST=y\n' }, { base: file }));
    const made = readFileSync(bench.output('configure:kernel', 'config'), 'utf8');
    expect(made.indexOf('CONFIG_FAST=y')).toBeGreaterThan(made.indexOf('CONFIG_SMALL=y'));
  });

  test('names what Kconfig did not grant, and the fragment that asks for it', async () => {
    const options = recipe({ 'good.config': 'CONFIG_SMP=y\n', 'bad.config': 'CONFIG_UNKNOWN=y\nCONFIG_UNKNOWN2=n\n' });
    expect(await configure(options)).toEqual({
      ok: false,
      failure: {
        reason: 'config-refused',
        fragment: 'bad.config',
        symbols: [{ symbol: 'CONFIG_UNKNOWN', asked: 'y', got: 'n' }],
      },
    });
    expect(existsSync(bench.output('configure:kernel', 'config'))).toBe(false);
  });

  test('what a later fragment takes back and a number in another spelling are no refusals', async () => {
    const options = recipe({
      'a.config': 'CONFIG_UNKNOWN=y\nCONFIG_NR=0x10\n',
      'b.config': '# CONFIG_UNKNOWN is not set\n',
    });
    expect(await configure(options)).toMatchObject({ ok: true });
  });

  test('a fragment that is not there is named', async () => {
    const options = recipe({ 'a.config': '' });
    const gone = component({
      ...options.recipeComponent,
      build: { ...options.recipeComponent.build, config: { base: 'tinyconfig', fragments: ['/no/such.config'] } },
    });
    expect(await configure({ component: 'kernel', recipeComponent: gone })).toMatchObject({
      failure: { reason: 'file-trouble', path: '/no/such.config' },
    });
  });

  test('a configuration that was cut off starts over', async () => {
    const options = recipe({ 'a.config': 'CONFIG_SMP=y\n' });
    const abort = new AbortController();
    await bench.run(patchStep(options));
    abort.abort();
    expect(await bench.run(configureStep(options), abort.signal)).toMatchObject({ failure: { reason: 'interrupted' } });
    expect(await bench.run(configureStep(options))).toMatchObject({ ok: true });
  });
});

describe('a patch', () => {
  const cPatch = '--- a/main.c\n+++ b/main.c\n@@ -1 +1 @@\n-main\n+patched\n';
  const kPatch = '--- a/Kconfig\n+++ b/Kconfig\n@@ -1 +1 @@\n-config A\n+config B\n';
  const digest = () => readFileSync(join(bench.output('patch:kernel', 'configuration'), 'patched.json'), 'utf8');

  test('of C code changes nothing that the configuration is made from', async () => {
    writeFiles(folder, { 'c.patch': cPatch, 'k.patch': kPatch });
    await bench.run(patchStep(recipe({})));
    const before = digest();
    await bench.run(patchStep(recipe({}, { patches: [join(folder, 'c.patch')] })));
    expect(digest()).toBe(before);
    await bench.run(patchStep(recipe({}, { patches: [join(folder, 'k.patch')] })));
    expect(digest()).not.toBe(before);
  });

  test('of C code stays in the tree while another configuration is made', async () => {
    writeFiles(folder, { 'c.patch': cPatch });
    const options = recipe({}, { patches: [join(folder, 'c.patch')] });
    await configure(options);
    expect(await bench.run(makeStep(options))).toMatchObject({ ok: true });
    const tree = execFileSync('find', [join(folder, 'trees'), '-name', 'main.c', '-path', '*/source/*'], {
      encoding: 'utf8',
    }).trim();
    const before = statSync(tree).mtimeMs;
    await configure(recipe({ 'a.config': 'CONFIG_SMP=y\n' }, { patches: [join(folder, 'c.patch')] }));
    expect(statSync(tree).mtimeMs).toBe(before);
  });
});

describe('the kernel', () => {
  test('is built from its configuration and patches, without a trace of when and where', async () => {
    const options = recipe({ 'a.config': 'CONFIG_SMP=y\n' });
    await configure(options);
    expect(await bench.run(makeStep(options))).toMatchObject({ ok: true });
    const image = readFileSync(bench.output('make:kernel', 'image'), 'utf8');
    expect(image).toContain('main\nCONFIG_TINY=y\nCONFIG_SMP=y');
    expect(image).toContain('1970-01-01 00:00:00 UTC bootlap@bootlap 1\n');
  });

  test('is not built again when nothing has changed', async () => {
    const options = recipe({});
    await configure(options);
    await bench.run(makeStep(options));
    bench.heard.lines.length = 0;
    await configure(options);
    await bench.run(makeStep(options));
    expect(bench.heard.lines).not.toContain('CC main.c');
  });
});

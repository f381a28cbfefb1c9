import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shippedRecipes } from '../../src/recipe/find.js';
import { packageFolder } from '../../src/system/environment.js';
import { RecipeFolder } from './recipe-folder.js';

const bootConfig = join(packageFolder, 'configs/kernel/boot.config');

describe('the recipes that ship', () => {
  it.each(shippedRecipes())('%s loads from anywhere, and is named as its file', async (name) => {
    const recipe = await new RecipeFolder().recipe(name);
    expect(recipe.name).toBe(name);
    expect(recipe.description).not.toBe('');
  });

  it('stock boots what DESIGN says, with every file in place', async () => {
    const recipe = await new RecipeFolder().recipe('stock');
    expect(recipe.points.map(({ port, value }) => [port, value])).toEqual([
      [0xf5, 1],
      [0xf4, 3],
      [0xf6, 2],
      [0xf7, 1],
    ]);
    expect(recipe.phases.map(({ name }) => name)).toEqual(['tQEMU', 'tFW', 'tKernel', 'tUser']);
    expect(recipe.machine.type).toEqual({ kvm: 'microvm', tcg: 'pc' });
    expect(recipe.kernel.build).toMatchObject({
      system: 'kbuild',
      config: { base: 'tinyconfig', fragments: [bootConfig] },
    });
    expect(existsSync(bootConfig)).toBe(true);
  });

  it('stock-source differs from stock in its hypervisor alone', async () => {
    const folder = new RecipeFolder();
    const [stock, source] = [await folder.recipe('stock'), await folder.recipe('stock-source')];
    expect(source.hypervisor.build?.system).toBe('configure');
    expect({ ...source, name: '', description: '', hypervisor: {} }).toEqual({
      ...stock,
      name: '',
      description: '',
      hypervisor: {},
    });
  });

  it('one that is mistyped is met with the nearest name', async () => {
    const failure = await new RecipeFolder().failure('stok');
    expect(failure).toMatchObject({ reason: 'recipe-not-found', recipe: 'stok', nearest: 'stock' });
  });
});

describe('extends', () => {
  it('merges mappings, replaces lists and takes away what is null', async () => {
    const folder = new RecipeFolder({
      'base.yaml': 'extends: stock\nkernel:\n  requires: [cpio]\nmachine: { memory: 64, cpu: max }\n',
      'mine.yaml': 'extends: ./base.yaml\nkernel:\n  requires: [rsync]\nmachine: { cpus: 2, cpu: null }\n',
    });
    const recipe = await folder.recipe('./mine.yaml');
    expect(recipe.kernel.requires).toEqual(['rsync']);
    expect(recipe.machine).toMatchObject({ memory: 64, cpus: 2, type: { kvm: 'microvm', tcg: 'pc' } });
    expect(recipe.machine.cpu).toBeUndefined();
  });

  it('a branch of its own is not at the commit of the recipe below; a mirror of the same branch is', async () => {
    const folder = new RecipeFolder({
      'fork.yaml': 'extends: nemu\nfirmware: { source: { git: "file:///fork", branch: topic/virt-benchmarks } }\n',
      'mirror.yaml': 'extends: nemu\nfirmware: { source: { git: "file:///mirror" } }\n',
    });
    const [fork, mirror] = [await folder.recipe('fork.yaml'), await folder.recipe('mirror.yaml')];
    expect(fork.firmware.source).toEqual({
      git: 'file:///fork',
      branch: 'topic/virt-benchmarks',
      mirrors: [],
      submodules: {},
    });
    expect(mirror.firmware.source).toMatchObject({ git: 'file:///mirror', commit: expect.any(String) as string });
  });

  it('a configuration of its own is taken, whichever the recipe below has chosen of several', async () => {
    const text = 'extends: nemu\nkernel: { build: { config: { base: defconfig } } }\n';
    const folder = new RecipeFolder({ 'mine.yaml': text });
    expect((await folder.recipe('mine.yaml')).kernel.build).toMatchObject({ config: { base: 'defconfig' } });
    const gist = await folder.recipe('mine.yaml', { settings: ['kernel.config=gist'] });
    expect(gist.kernel.build).toMatchObject({ config: { base: { url: expect.any(String) as string } } });
  });

  it('gives a recipe without a name the name of its file, never that of what it extends', async () => {
    const folder = new RecipeFolder({ 'my-boot.yaml': 'extends: stock\n' });
    const recipe = await folder.recipe('my-boot.yaml');
    expect([recipe.name, recipe.description]).toEqual(['my-boot', '']);
  });

  it('a source of another kind replaces the one below instead of mixing with it', async () => {
    const url = 'https://example.org/linux.tar.xz';
    const text = `extends: stock\nkernel: { source: { url: "${url}", sha256: ${'a'.repeat(64)} } }\n`;
    const recipe = await new RecipeFolder({ 'mine.yaml': text }).recipe('mine.yaml');
    expect(recipe.kernel.source).toEqual({ url, sha256: 'a'.repeat(64), mirrors: [] });
  });

  it('lists every file that was read, so that a change in any of them counts', async () => {
    const folder = new RecipeFolder({ 'a.yaml': 'extends: ./b.yaml\n', 'b.yaml': 'extends: stock\n' });
    const loaded = await folder.load('a.yaml');
    const shipped = join(packageFolder, 'configs/recipes/stock.yaml');
    expect(loaded.ok && loaded.value.files).toEqual([
      join(folder.path, 'a.yaml'),
      join(folder.path, 'b.yaml'),
      shipped,
    ]);
  });

  it('a loop is named file by file', async () => {
    const folder = new RecipeFolder({ 'a.yaml': 'extends: ./b.yaml\n', 'b.yaml': 'extends: ./a.yaml\n' });
    const [a, b] = [join(folder.path, 'a.yaml'), join(folder.path, 'b.yaml')];
    expect(await folder.failure('a.yaml')).toEqual({ reason: 'recipe-extends-loop', chain: [a, b, a] });
  });

  it('of something unknown says which file wants it', async () => {
    const folder = new RecipeFolder({ 'a.yaml': 'extends: stuck\n' });
    const file = join(folder.path, 'a.yaml');
    expect(await folder.failure('a.yaml')).toMatchObject({
      reason: 'recipe-not-found',
      extendedBy: file,
      nearest: 'stock',
    });
  });

  it('reaching out of the folder is refused with its line', async () => {
    const folder = new RecipeFolder({ 'sub/a.yaml': '# mine\nextends: ../b.yaml\n', 'b.yaml': 'extends: stock\n' });
    expect(await folder.problems('sub/a.yaml')).toMatchObject([{ path: 'extends', line: 2 }]);
  });
});

describe('paths in a recipe', () => {
  it('are relative to the file that holds them, even when another file extends it', async () => {
    const folder = new RecipeFolder({
      'mine.yaml': 'extends: ./sub/base.yaml\n',
      'sub/base.yaml': 'extends: stock\nkernel: { patches: [./my.patch] }\n',
      'sub/my.patch': '',
    });
    expect((await folder.recipe('mine.yaml')).kernel.patches).toEqual([join(folder.path, 'sub/my.patch')]);
  });

  it('a fragment beside the recipe wins over one of the same name in configs/', async () => {
    const folder = new RecipeFolder({
      'mine.yaml': 'extends: stock\nkernel: { build: { config: { fragments: [kernel/boot.config, my.config] } } }\n',
      'my.config': '',
    });
    const fragments = [bootConfig, join(folder.path, 'my.config')];
    expect((await folder.recipe('mine.yaml')).kernel.build).toMatchObject({ config: { fragments } });
    folder.write('kernel/boot.config', '');
    const own = [join(folder.path, 'kernel/boot.config'), join(folder.path, 'my.config')];
    expect((await folder.recipe('mine.yaml')).kernel.build).toMatchObject({ config: { fragments: own } });
  });

  it('a config base with a slash or .config is a file, any other a make target', async () => {
    const text = 'extends: stock\nkernel: { build: { config: { base: ./my.config } } }\n';
    const folder = new RecipeFolder({ 'mine.yaml': text, 'my.config': '' });
    const base = join(folder.path, 'my.config');
    expect((await folder.recipe('mine.yaml')).kernel.build).toMatchObject({ config: { base } });
    const settings = ['kernel.build.config.base=x86_64_defconfig'];
    const target = await folder.recipe('mine.yaml', { settings });
    expect(target.kernel.build).toMatchObject({ config: { base: 'x86_64_defconfig' } });
  });

  it('that lead out of its folder, or nowhere, are refused one by one', async () => {
    const folder = new RecipeFolder({
      'r/mine.yaml':
        'extends: stock\nkernel:\n  patches:\n    - ../x.patch\n    - /etc/hostname\n    - link\n    - no.patch\n',
      'x.patch': '',
    });
    symlinkSync('../x.patch', join(folder.path, 'r/link'));
    const problems = await folder.problems('r/mine.yaml');
    expect(problems.map(({ line, path, found }) => [line, path, found])).toEqual([
      [4, 'kernel.patches[0]', '"../x.patch", which leads out of its folder by ".."'],
      [5, 'kernel.patches[1]', '"/etc/hostname", which is absolute'],
      [6, 'kernel.patches[2]', '"link", which leads out of its folder through a symbolic link'],
      [7, 'kernel.patches[3]', '"no.patch", which is no file'],
    ]);
  });

  it('a local tree is for the command line, and the message says so', async () => {
    const text = 'extends: stock\nkernel: { source: { local: ../linux } }\n';
    const problems = await new RecipeFolder({ 'mine.yaml': text }).problems('mine.yaml');
    expect(problems).toMatchObject([
      { path: 'kernel.source.local', expected: '--with kernel=PATH on the command line' },
    ]);
  });
});

import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RecipeFolder } from './recipe-folder.js';

describe('--set', () => {
  it.each([
    ['measure.boots=50', ['measure', 'boots'], 50],
    ['machine.type=q35', ['machine', 'type'], 'q35'],
    ['machine.type.kvm=q35', ['machine', 'type'], { kvm: 'q35', tcg: 'pc' }],
    ['machine.cpu={kvm: host, tcg: max}', ['machine', 'cpu'], { kvm: 'host', tcg: 'max' }],
    ['machine.append=', ['machine', 'append'], ''],
    ['machine.append=a=b c: d', ['machine', 'append'], 'a=b c: d'],
    ['machine.append=5', ['machine', 'append'], '5'],
    ['kernel.build.variables.LLVM=1', ['kernel', 'build', 'variables'], { LLVM: '1' }],
    ['kernel.build.config.base=defconfig', ['kernel', 'build', 'config', 'base'], 'defconfig'],
    ['kernel.build.targets=[bzImage, modules]', ['kernel', 'build', 'targets'], ['bzImage', 'modules']],
    ['kernel.patches=[]', ['kernel', 'patches'], []],
    ['hypervisor.source.package=null', ['hypervisor', 'source'], { installed: 'qemu-system-x86_64' }],
  ])('%s reaches its key', async (setting, path, value) => {
    let at: unknown = await new RecipeFolder().recipe('stock', { settings: [setting] });
    for (const key of path) {
      at = (at as Record<string, unknown>)[key];
    }
    expect(at).toEqual(value);
  });

  it('two that make up one source may come in any order', async () => {
    const sha256 = 'a'.repeat(64);
    const parts = ['kernel.source.url=file:///l.tar', `kernel.source.sha256=${sha256}`];
    const folder = new RecipeFolder();
    for (const settings of [parts, parts.toReversed()]) {
      const recipe = await folder.recipe('stock', { settings });
      expect(recipe.kernel.source).toEqual({ url: 'file:///l.tar', sha256, mirrors: [] });
    }
  });

  it('an unknown key, at any depth, is met with the nearest right one', async () => {
    const settings = ['kernel.build.config.frag=[a]', 'kernel.source.membr=3', 'measur.boots=1', 'machine.typ=pc'];
    const problems = await new RecipeFolder().problems('stock', { settings });
    expect(problems.map(({ file, path, nearest }) => [file, path, nearest])).toEqual([
      ['--set', 'kernel.source.membr', 'member'],
      ['--set', 'kernel.build.config.frag', 'fragments'],
      ['--set', 'machine.typ', 'type'],
      ['--set', 'measur', 'measure'],
    ]);
  });

  it.each([
    ['measure.boots', 'write it as'],
    ['=5', 'write it as'],
    ['points.0.port=1', 'a list is set as a whole'],
    ['kernel.patches=[a', 'no YAML'],
  ])('%s is refused with what to write', async (setting, detail) => {
    const failure = await new RecipeFolder().failure('stock', { settings: [setting] });
    expect(failure).toMatchObject({
      reason: 'setting-invalid',
      setting: `--set ${setting}`,
      detail: expect.stringContaining(detail) as string,
    });
  });

  it('files named there are relative to the working folder, and may be anywhere', async () => {
    const folder = new RecipeFolder({ 'a.patch': '', 'sub/b.config': '' });
    const settings = ['kernel.patches=[sub/../a.patch]', `kernel.build.config.fragments=[${folder.path}/sub/b.config]`];
    const { kernel } = await folder.recipe('stock', { settings });
    expect(kernel.patches).toEqual([join(folder.path, 'a.patch')]);
    expect(kernel.build).toMatchObject({ config: { fragments: [join(folder.path, 'sub/b.config')] } });
  });

  it('of a path below the home folder means that, for no shell puts it in', async () => {
    const { kernel } = await new RecipeFolder().recipe('stock', { settings: ['kernel.source.local=~/linux'] });
    expect(kernel.source).toEqual({ local: join(homedir(), 'linux') });
  });

  it('of a finished file leaves nothing of how the source before it was built', async () => {
    const folder = new RecipeFolder({ bzImage: '' });
    const { kernel, firmware } = await folder.recipe('stock', { settings: ['kernel.source.file=./bzImage'] });
    const source = { file: join(folder.path, 'bzImage') };
    expect(kernel).toMatchObject({ source, patches: [], outputs: {}, requires: [] });
    expect(kernel.build).toBeUndefined();
    expect(firmware.build).toBeDefined();
    const { hypervisor } = await folder.recipe('stock-source', { settings: ['hypervisor.source.installed=qemu'] });
    expect(hypervisor).toMatchObject({ source: { installed: 'qemu' }, outputs: {} });
  });

  it('of a finished file and a build for it is refused, for one of them is a mistake', async () => {
    const folder = new RecipeFolder({ bzImage: '' });
    const settings = ['kernel.build.system=make', 'kernel.source.file=./bzImage'];
    expect(await folder.problems('stock', { settings })).toMatchObject([
      { file: '--set', path: 'kernel.build', found: 'a build of a finished file' },
    ]);
  });

  it('of another program leaves the same kind of source as it is', async () => {
    const { hypervisor } = await new RecipeFolder().recipe('stock', { settings: ['hypervisor.source.installed=qemu'] });
    expect(hypervisor.source).toEqual({ installed: 'qemu', package: 'qemu-system-x86' });
  });
});

describe('--with', () => {
  it('builds a local tree and keeps the build and the patches', async () => {
    const folder = new RecipeFolder();
    const [stock, local] = [await folder.recipe('stock'), await folder.recipe('stock', { with: ['kernel=../linux'] })];
    expect(local.kernel).toEqual({ ...stock.kernel, source: { local: join(folder.path, '../linux') } });
  });

  it('takes ~/ for the home folder where the shell has left it as it is', async () => {
    const { kernel } = await new RecipeFolder().recipe('stock', { with: ['kernel=~/linux'] });
    expect(kernel.source).toEqual({ local: join(homedir(), 'linux') });
  });

  it('of an unknown component names the nearest', async () => {
    const failure = await new RecipeFolder().failure('stock', { with: ['kernal=.'] });
    expect(failure).toMatchObject({
      reason: 'setting-invalid',
      setting: '--with kernal=.',
      detail: expect.stringContaining('did you mean kernel?') as string,
    });
  });

  it('of what the recipe does not build says that a build is needed', async () => {
    const problems = await new RecipeFolder().problems('stock', { with: ['hypervisor=.'] });
    expect(problems).toMatchObject([
      { path: 'hypervisor.build', found: 'nothing', expected: expect.stringContaining('stock-source') as string },
    ]);
  });
});

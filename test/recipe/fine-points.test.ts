import { describe, expect, it } from 'vitest';
import { RecipeFolder } from './recipe-folder.js';

const FINE = ['kernel.points=fine'];

describe("a kernel's fine points", () => {
  it('are no part of a boot until they are asked for', async () => {
    const recipe = await new RecipeFolder().recipe('stock');
    expect(recipe.points.map(({ name }) => name)).toEqual(['firmware', 'kernel', 'user-space', 'init']);
    expect(recipe.phases.map(({ name }) => name)).toEqual(['tQEMU', 'tFW', 'tKernel', 'tUser']);
    expect(recipe.kernel.patches).toEqual([{ series: 'linux' }]);
  });

  it.each(['stock', 'stock-source'])('of %s stand where a boot comes by them, with their patches', async (name) => {
    const recipe = await new RecipeFolder().recipe(name, { settings: FINE });
    expect(recipe.points.map((point) => `${point.name} ${point.port.toString(16)}`)).toEqual([
      'firmware f5',
      'kernel f4',
      'decompressor f8',
      'start-kernel f9',
      'start-kernel-over fa',
      'initcalls fb',
      'initcalls-over fc',
      'user-space f6',
      'init f7',
    ]);
    expect(recipe.kernel.patches).toEqual([{ series: 'linux' }, { series: 'linux-fine' }]);
  });

  it('of stock take tKernel apart without a gap: each part begins where the one before ends', async () => {
    const { phases } = await new RecipeFolder().recipe('stock', { settings: FINE });
    const whole = phases.findIndex(({ name }) => name === 'tKernel');
    const parts = phases.filter((phase) => phase.in === 'tKernel');
    expect(phases.slice(whole + 1, whole + 1 + parts.length)).toEqual(parts);
    expect(parts.map(({ from }) => from)).toEqual([phases[whole]?.from, ...parts.slice(0, -1).map(({ to }) => to)]);
    expect(parts.at(-1)?.to).toBe(phases[whole]?.to);
  });

  it('come on top of patches of my own, and a file among theirs is found beside the recipe that names it', async () => {
    const folder = new RecipeFolder({
      'base/base.yaml': 'extends: stock\nkernel: { fine: { patches: [{ series: linux-fine }, ./more.patch] } }\n',
      'base/more.patch': '',
      'mine.patch': '',
      'mine.yaml': 'extends: ./base/base.yaml\nkernel: { points: fine, patches: [{ series: linux }, ./mine.patch] }\n',
    });
    const { kernel } = await folder.recipe('mine.yaml');
    expect(kernel.patches).toEqual([
      { series: 'linux' },
      `${folder.path}/mine.patch`,
      { series: 'linux-fine' },
      `${folder.path}/base/more.patch`,
    ]);
  });

  it.each([
    ['a word that is none', 'kernel: { points: fin }', 'kernel.points', 'fine'],
    [
      'a point before which they cannot come',
      'kernel: { points: fine, fine: { before: usr-space } }',
      'kernel.fine.before',
      'user-space',
    ],
    ['fine points that there are none of', 'kernel: { points: fine, fine: null }', 'kernel.points', undefined],
    [
      'a point twice',
      'kernel: { points: fine, fine: { points: [{ name: init, port: 1, value: 1 }] } }',
      'points[4].name',
      undefined,
    ],
    ['a key that is none', 'kernel: { fine: { pints: [] } }', 'kernel.fine.pints', 'points'],
  ])('are refused with their line for %s', async (_, line, path, nearest) => {
    const problems = await new RecipeFolder({ 'mine.yaml': `extends: stock\n${line}\n` }).problems('mine.yaml');
    expect(problems).toContainEqual(expect.objectContaining({ line: expect.any(Number) as number, path }));
    expect(problems.find((each) => each.path === path)?.nearest).toBe(nearest);
  });

  it('are not to be had of a kernel that does not say which they are', async () => {
    const problems = await new RecipeFolder().problems('nemu', { settings: FINE });
    expect(problems).toMatchObject([{ file: '--set', path: 'kernel.points', found: '"fine"' }]);
  });
});

describe('a phase that is a part of another', () => {
  const phases = (text: string) =>
    new RecipeFolder({ 'mine.yaml': `extends: stock\nphases:\n  - { name: all, to: init }\n  - ${text}\n` });

  it('may be anything shorter that lies in it, also from the start of the VM', async () => {
    for (const part of ['{ name: a, in: all, to: kernel }', '{ name: a, in: all, from: kernel, to: init }']) {
      expect((await phases(part).recipe('mine.yaml')).phases[1]?.in).toBe('all');
    }
  });

  it.each([
    ['a phase that is not there', '{ name: a, in: al, to: kernel }', { found: '"al"', nearest: 'all' }],
    ['itself', '{ name: a, in: a, to: kernel }', { found: 'a phase from the start of the VM to "kernel"' }],
    [
      'one of the same length',
      '{ name: a, in: all, to: init }',
      { expected: 'a part of "all", which is from the start of the VM to "init"' },
    ],
  ])('cannot be one of %s', async (_, part, problem) => {
    const problems = await phases(part).problems('mine.yaml');
    expect(problems).toMatchObject([{ line: 4, path: 'phases[1].in', ...problem }]);
  });

  it('cannot begin before it or end after it, however short it is', async () => {
    for (const ends of ['to: firmware', 'from: user-space, to: init']) {
      const text = `extends: stock
phases:
  - { name: most, from: firmware, to: user-space }
  - { name: a, in: most, ${ends} }
`;
      const problems = await new RecipeFolder({ 'mine.yaml': text }).problems('mine.yaml');
      const expected = 'a part of "most", which is from "firmware" to "user-space"';
      expect(problems).toMatchObject([{ line: 4, path: 'phases[1].in', expected }]);
    }
  });
});

describe('the init that ships', () => {
  it('is in the VM of stock, and not in those of NEMU, whose kernel page knows none', async () => {
    const folder = new RecipeFolder();
    for (const [name, init] of [
      ['stock', 'builtin'],
      ['stock-source', 'builtin'],
      ['nemu', 'none'],
      ['nemu-tcg', 'none'],
    ] as const) {
      expect((await folder.recipe(name)).init, name).toBe(init);
    }
  });

  it('is not silently left out by a command line that starts another program', async () => {
    const settings = ['machine.append=console=ttyS0 rdinit=/dev/console quiet'];
    const problems = await new RecipeFolder().problems('stock', { settings });
    expect(problems).toMatchObject([{ path: 'machine.append', found: '"rdinit=/dev/console"' }]);
    for (const fine of ['machine.append=rdinit=/init', 'init=none']) {
      await new RecipeFolder().recipe('stock', { settings: [fine] });
    }
  });
});

import { describe, expect, it, test } from 'vitest';
import { RecipeFolder } from './recipe-folder.js';

describe('a matrix', () => {
  it('can be set from the command line, as a whole or axis by axis, and be taken away', async () => {
    const folder = new RecipeFolder({ 'mine.yaml': 'extends: stock\nmatrix: { memory: [128, 512], cpus: [1, 2] }\n' });
    const matrix = async (...settings: string[]): Promise<unknown> =>
      (await folder.recipe('mine.yaml', { settings })).matrix;
    expect(await matrix()).toEqual({ memory: [128, 512], cpus: [1, 2] });
    expect(await matrix('matrix.memory=[64]')).toEqual({ memory: [64], cpus: [1, 2] });
    expect(await matrix('matrix.append=["quiet", "quiet nokaslr"]', 'matrix.cpus=null')).toEqual({
      memory: [128, 512],
      append: ['quiet', 'quiet nokaslr'],
    });
    expect(await matrix('matrix.type=[pc, q35]')).toMatchObject({ type: ['pc', 'q35'] });
    expect(await matrix('matrix=null')).toBeUndefined();
    expect((await folder.recipe('stock', { settings: ['matrix=null'] })).matrix).toBeUndefined();
  });

  test.each([
    ['a value twice', 'memory: [128, 512, 128]', 'matrix.memory[2]', '128 again', 'each value once'],
    ['another first program', 'append: ["", "rdinit=/bin/sh"]', 'matrix.append[1]', '"rdinit=/bin/sh"', 'no "rdinit="'],
    ['no values', 'cpus: []', 'matrix.cpus', 'an empty list', 'at least one'],
    ['a value that is no list', 'memory: 128', 'matrix.memory', '128', 'a list with at least one entry'],
    [
      'a word where a number has to be',
      'memory: [many]',
      'matrix.memory[0]',
      '"many"',
      'a whole number of at least 16',
    ],
    ['a key of its own', 'mem: [128]', 'matrix.mem', 'key "mem"', 'type, memory, cpus or append'],
  ])('with %s is refused', async (_, text, path, found, expected) => {
    const folder = new RecipeFolder({ 'mine.yaml': `extends: stock\nmatrix:\n  ${text}\n` });
    expect(await folder.problems('mine.yaml')).toMatchObject([
      { line: 3, path, found, expected: expect.stringContaining(expected) as string },
    ]);
  });

  it('with more machines than can be measured in one go is refused, with how many there are', async () => {
    const memory = Array.from({ length: 13 }, (_, index) => 64 * (index + 1)).join(', ');
    const folder = new RecipeFolder({
      'mine.yaml': `extends: stock\nmatrix: { memory: [${memory}], cpus: [1, 2, 3, 4, 5] }`,
    });
    expect(await folder.problems('mine.yaml')).toMatchObject([
      { path: 'matrix', found: '13 x 5 = 65 machines', expected: expect.stringContaining('at most 64') as string },
    ]);
  });

  it('is not overruled by a setting of the machine that then no boot has', async () => {
    const folder = new RecipeFolder({
      'mine.yaml': 'extends: stock\nmatrix: { memory: [128, 512] }\nmachine: { memory: 64 }\n',
    });
    const settings = ['machine.memory=256', 'machine.cpus=2'];
    expect(await folder.problems('mine.yaml', { settings })).toMatchObject([
      {
        file: '--set',
        path: 'machine.memory',
        found: '256',
        expected: expect.stringContaining('matrix.memory=null') as string,
      },
    ]);
    const one = await folder.recipe('mine.yaml', { settings: [...settings, 'matrix.memory=null'] });
    expect(one.machine).toMatchObject({ memory: 256, cpus: 2 });
    expect((await folder.recipe('mine.yaml', { settings: ['machine.cpus=2'] })).machine.cpus).toBe(2);
  });

  it('of machine types takes the place of a type for each accelerator', async () => {
    const recipe = await new RecipeFolder().recipe('stock', { settings: ['matrix.type=[pc, q35]'] });
    expect(recipe.machine.type).toEqual({ kvm: 'microvm', tcg: 'pc' });
  });
});

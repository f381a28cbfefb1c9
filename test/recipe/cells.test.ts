import { expect, test } from 'vitest';
import { cellsOf, hasMatrix } from '../../src/recipe/cells.js';
import type { Recipe } from '../../src/recipe/schema.js';
import { guestRecipe } from '../rig/vm-step.js';

function names(matrix: NonNullable<Recipe['matrix']>): string[] {
  return cellsOf({ ...guestRecipe(), matrix }).map(({ name }) => name);
}

test('a recipe without a matrix, or with an empty one, has its one machine', () => {
  for (const recipe of [guestRecipe(), { ...guestRecipe(), matrix: {} }]) {
    expect(cellsOf(recipe)).toEqual([{ name: '', values: {}, recipe: guestRecipe() }]);
    expect(hasMatrix(recipe)).toBe(false);
  }
});

test('every combination is measured, and the first values are the base', () => {
  expect(names({ memory: [128, 512], type: ['pc', 'q35'] })).toEqual([
    'type=pc memory=128',
    'type=pc memory=512',
    'type=q35 memory=128',
    'type=q35 memory=512',
  ]);
});

test('a cell is the recipe with its machine, and has no matrix of its own', () => {
  const recipe = { ...guestRecipe(), matrix: { cpus: [2], append: ['quiet'] } };
  const [cell] = cellsOf(recipe);
  expect(cell?.recipe.machine).toEqual({ ...guestRecipe().machine, cpus: 2, append: 'quiet' });
  expect(cell?.recipe).not.toHaveProperty('matrix');
  expect(hasMatrix(recipe)).toBe(true);
});

test.each([
  ['short ones are shown as they are', ['', 'quiet'], ['append=""', 'append="quiet"']],
  [
    'of long ones what they differ in',
    ['console=ttyS0 quiet panic=-1', 'console=ttyS0 quiet nokaslr panic=-1'],
    ['append="..."', 'append="... nokaslr ..."'],
  ],
  ['the order counts', ['console=ttyS0 quiet panic=-1 a', 'a console=ttyS0 quiet panic=-1'], ['append#1', 'append#2']],
  ['what is too long has a number', ['a'.repeat(30), 'b'.repeat(30), 'c'], ['append#1', 'append#2', 'append#3']],
  ['one alone', ['console=ttyS0 quiet panic=-1 nokaslr'], ['append="..."']],
])('of command lines %s', (_, append, expected) => {
  expect(names({ append })).toEqual(expected);
});

test('no two cells have the same name', () => {
  const append = ['x', 'x x', 'x  y', 'y x', '...', 'x ...', 'long '.repeat(9), `${'long '.repeat(9)} 1`];
  for (let from = 0; from < append.length; from++) {
    for (let to = from + 1; to <= append.length; to++) {
      const found = names({ append: append.slice(from, to), cpus: [1, 2] });
      expect(new Set(found).size).toBe(found.length);
    }
  }
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageFolder } from '../../src/system/environment.js';
import { temporaryFolders } from '../rig/folder.js';

interface ShippedRecipeScript {
  readonly shippedRecipe: (nameOrFile: string) => string;
}

const { shippedRecipe } = (await import(
  join(packageFolder, 'scripts/set-up/shipped-recipe.mjs')
)) as ShippedRecipeScript;

const folder = temporaryFolders();

test.each([
  ['extends: nemu\n', 'nemu'],
  ['# mine\nextends: "stock-source"   # with the debug build\nname: mine\n', 'stock-source'],
  ['extends: ./below/base.yaml\n', 'nemu'],
  ['extends: ./mine.yaml\n', 'stock'],
  ['extends: ./gone.yaml\n', 'stock'],
  ['name: mine\n', 'stock'],
])('what the recipe %j needs is set up as for the recipe %s', (text, name) => {
  const base = folder();
  mkdirSync(join(base, 'below'));
  writeFileSync(join(base, 'below', 'base.yaml'), "extends: 'nemu'\n");
  writeFileSync(join(base, 'mine.yaml'), text);
  expect(shippedRecipe(join(base, 'mine.yaml'))).toBe(name);
});

test('a name is the recipe itself', () => {
  expect(shippedRecipe('nemu')).toBe('nemu');
});

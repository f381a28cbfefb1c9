import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadRecipeMemoised } from '../../src/recipe/memo.js';
import { RecipeFolder } from './recipe-folder.js';

const text = 'extends: stock\nmeasure: { boots: 7 }\nkernel: { build: { config: { fragments: [my.config] } } }\n';

class Memo {
  readonly folder = new RecipeFolder({ 'mine.yaml': text, 'my.config': '' });
  readonly memoFolder = join(this.folder.path, 'memo');

  /** The number of boots that a load gives; the failure's reason where it fails. */
  async boots(settings: string[] = []): Promise<number | string> {
    const request = {
      nameOrFile: 'mine.yaml',
      settings,
      with: [],
      workingFolder: this.folder.path,
      memoFolder: this.memoFolder,
    };
    const loaded = await loadRecipeMemoised(request);
    return loaded.ok ? loaded.value.recipe.measure.boots : loaded.failure.reason;
  }

  get file(): string {
    const [name = ''] = readdirSync(this.memoFolder);
    return join(this.memoFolder, name);
  }

  /** Makes the memo say something else, sealed as ours are not. */
  rewrite(change: (memo: string) => string): void {
    writeFileSync(this.file, change(readFileSync(this.file, 'utf8')));
  }
}

it('a second load gives the same recipe without another memo', async () => {
  const memo = new Memo();
  const request = {
    nameOrFile: 'mine.yaml',
    settings: [],
    with: [],
    workingFolder: memo.folder.path,
    memoFolder: memo.memoFolder,
  };
  const first = await loadRecipeMemoised(request);
  const made = readFileSync(memo.file, 'utf8');
  expect(await loadRecipeMemoised(request)).toEqual(first);
  expect(first).toEqual(await memo.folder.load('mine.yaml').then((loaded) => ({ ...loaded, value: pick(loaded) })));
  expect(readFileSync(memo.file, 'utf8')).toBe(made);
  expect(readdirSync(memo.memoFolder)).toHaveLength(1);
});

it('a changed recipe, setting or fragment place is never answered from before', async () => {
  const memo = new Memo();
  expect(await memo.boots()).toBe(7);
  expect(await memo.boots(['measure.boots=9'])).toBe(9);
  memo.folder.write('mine.yaml', text.replace('7', '8'));
  expect(await memo.boots()).toBe(8);
  rmSync(join(memo.folder.path, 'my.config'));
  expect(await memo.boots()).toBe('recipe-invalid');
});

it('a fragment that appears beside the recipe is taken at once', async () => {
  const folder = new RecipeFolder({
    'mine.yaml': 'extends: stock\nkernel: { build: { config: { fragments: [kernel/boot.config] } } }\n',
  });
  const request = {
    nameOrFile: 'mine.yaml',
    settings: [],
    with: [],
    workingFolder: folder.path,
    memoFolder: join(folder.path, 'memo'),
  };
  const fragments = async (): Promise<unknown> => {
    const loaded = await loadRecipeMemoised(request);
    return loaded.ok && loaded.value.recipe.kernel.build;
  };
  await fragments();
  folder.write('kernel/boot.config', '');
  expect(await fragments()).toMatchObject({ config: { fragments: [join(folder.path, 'kernel/boot.config')] } });
});

it.each([
  ['torn', (memo: string) => memo.slice(0, 100)],
  ['empty', () => ''],
  ['altered', (memo: string) => memo.replace('"boots":7', '"boots":6')],
  ['foreign', () => '{"hello":"world"}'],
  ['null', () => 'null'],
])('a memo that is %s is ignored', async (_, change) => {
  const memo = new Memo();
  await memo.boots();
  memo.rewrite(change);
  expect(await memo.boots()).toBe(7);
});

it('a memo is what answers: a load that has one does not parse the recipe again', async () => {
  const memo = new Memo();
  await memo.boots();
  const { digestJson } = await import('../../src/core/digest.js');
  memo.rewrite((old) => {
    const { body } = JSON.parse(old.replace('"boots":7', '"boots":6')) as { body: never };
    return JSON.stringify({ digest: digestJson('recipe-memo', body), body });
  });
  expect(await memo.boots()).toBe(6);
});

it('a folder that cannot be written costs no failure', async () => {
  const memo = new Memo();
  memo.folder.write('memo', 'a file where the folder should be');
  expect(await memo.boots()).toBe(7);
});

function pick(loaded: Awaited<ReturnType<RecipeFolder['load']>>): unknown {
  return loaded.ok ? { recipe: loaded.value.recipe, files: loaded.value.files } : undefined;
}

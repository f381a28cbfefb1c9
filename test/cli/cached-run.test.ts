import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { packageFolder } from '../../src/system/environment.js';
import { bootlap, builtCli, type Called } from '../rig/cli.js';
import { writeFinishedFiles } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();
const HOOK = pathToFileURL(join(packageFolder, 'test', 'rig', 'tell-imports.mjs')).href;

// What a run with nothing to do takes is the loading of code: what is loaded does not hang on how busy a machine is.

/** A recipe that has been run, and what of our code and of others' another run of it loads. */
async function cachedRun(cli: string): Promise<Called & { packages: string[]; files: string[] }> {
  const base = folder();
  const [told, files] = [join(base, 'packages.txt'), join(base, 'files.txt')];
  writeFinishedFiles(base, {
    body: 'case "$port" in 0xf5) exit 3 ;; 0xf6) exit 5 ;; esac',
    measure: '{ method: exit, boots: 2 }',
  });
  const call = (environment = {}): Promise<Called> =>
    bootlap(['run', './fake.yaml', '--workspace', 'w'], { folder: base, cli, environment });
  const lines = (path: string): string[] => [...new Set(readFileSync(path, 'utf8').split('\n').filter(Boolean))];
  expect(await call()).toMatchObject({ status: 0 });
  const called = await call({ NODE_OPTIONS: `--import=${HOOK}`, TOLD_IMPORTS: told, TOLD_FILES: files });
  return { ...called, packages: lines(told), files: lines(files) };
}

test('a run with nothing to do loads commander and no other package', async () => {
  const { status, stdout, packages } = await cachedRun(join(packageFolder, 'dist', 'cli.js'));
  expect({ status, packages }).toEqual({ status: 0, packages: ['commander'] });
  expect(stdout).toContain('nothing has changed since');
});

/** Node takes half a millisecond to find and load each; today there are some 60, of 300 KB together. */
const MOST_FILES = 90;
const MOST_BYTES = 450_000;

test('the command line as it ships loads few and small files for a run with nothing to do', async () => {
  const { status, files } = await cachedRun(builtCli);
  const sizes = files.map((url) => statSync(fileURLToPath(url)).size);
  expect(status).toBe(0);
  expect(files.length).toBeGreaterThan(1);
  expect(files.length).toBeLessThanOrEqual(MOST_FILES);
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(MOST_BYTES);
});

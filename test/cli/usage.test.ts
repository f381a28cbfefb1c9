import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/commands/catalogue.js';
import { packageFolder } from '../../src/system/environment.js';
import { bootlap } from '../rig/cli.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

test('called without a word it shows its commands and exit statuses', async () => {
  const { status, stdout } = await bootlap([]);
  expect(status).toBe(0);
  for (const { name } of CATALOGUE) {
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  }
  expect(stdout).toContain('130 interrupted');
});

test.each(CATALOGUE.map(({ name }) => name))('%s --help shows examples', async (name) => {
  const { status, stdout, stderr } = await bootlap([name, '--help']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Usage: bootlap ${name}`));
  expect(stdout).toContain('Examples:\n  bootlap ');
  expect((await bootlap(['help', name])).stdout).toBe(stdout);
});

describe('a mistyped word is told with the nearest right one, and exit status 2', () => {
  test.each([
    [['rnu'], 'unknown command "rnu"', 'did you mean "run"?'],
    [['run', '--ofline'], 'unknown option "--ofline"', 'did you mean "--offline"?'],
    [['cache', 'lss'], 'unknown command "lss"', 'did you mean "ls"?'],
    [['cache'], '"bootlap cache" needs one of ls, verify, gc', 'bootlap --help'],
    [['cache', 'gc', '--max-size', '5X'], '--max-size 5X is not a size', '--max-size 5G'],
    [['run', '--jobs', '0'], '--jobs 0 is not a whole number of at least 1', '--jobs 4'],
    [['run', '--only'], 'argument missing', 'bootlap run --help'],
    [['why'], 'missing required argument', 'bootlap why --help'],
    [['graph', '--format', 'svg'], 'mermaid, dot', 'bootlap graph --help'],
    [['run', 'stokc'], 'there is no recipe "stokc"', 'did you mean "stock"?'],
    [['run', 'stock', 'nemu'], 'too many arguments', 'bootlap run --help'],
    [['run', '--only', 'make:kernal'], '--only make:kernal matches no step', 'did you mean "make:kernel"?'],
    [['plan', '--set', 'measure.bots=5'], 'did you mean "boots"?', 'bootlap schema'],
    [['run', '--until', '1%'], '--until 1% matches no step', '--set measure.until=1%'],
    [['run', '--boots', '5'], 'unknown option "--boots"', '--set measure.boots=5'],
    [['compare', 'stock', '--boots=5'], 'unknown option "--boots=5"', '--set measure.boots=5'],
    [['plan', '--memory', '--json'], 'unknown option "--memory"', '--set machine.memory=...'],
    [['compare', 'stock', '--force', 'measure'], '--force takes no step here, and "measure" is one', '--force alone'],
    [['calibrate', '--force', 'make:*'], '--force takes no step here, and "make:*" is one', '--force alone'],
    [['why', 'make:kernal'], 'make:kernal', 'did you mean "make:kernel"?'],
    [['logs', 'make:kernal'], 'make:kernal', 'did you mean "make:kernel"?'],
  ])('%j', async (words, complaint, advice) => {
    const { status, stdout, stderr } = await bootlap(words, { folder: folder() });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(complaint);
    expect(stderr.slice(stderr.indexOf('next:'))).toContain(advice);
  });
});

test('plan --help says that it makes the folder of the workspace', async () => {
  expect((await bootlap(['plan', '--help'])).stdout).toContain('Where there is no workspace yet, its folder is made.');
});

test('a folder with things of others in it is never taken as the workspace', async () => {
  const photos = folder();
  writeFileSync(join(photos, 'photo.jpg'), '');
  const { status, stderr } = await bootlap(['run', '--workspace', photos]);
  expect(status).toBe(3);
  expect(stderr).toContain('photo.jpg');
  expect(readdirSync(photos)).toEqual(['photo.jpg']);
});

test('the workspace is the one of --workspace, else of BOOTLAP_WORKSPACE, else ./workspace', async () => {
  const here = folder();
  const listed = async (words: readonly string[], environment: Record<string, string>): Promise<string[]> => {
    const { status } = await bootlap(['cache', 'ls', ...words], { folder: here, environment });
    expect(status).toBe(0);
    return readdirSync(here).sort();
  };
  expect(await listed(['--workspace', 'a'], { BOOTLAP_WORKSPACE: 'b' })).toEqual(['a']);
  expect(await listed([], { BOOTLAP_WORKSPACE: 'b' })).toEqual(['a', 'b']);
  expect(await listed([], {})).toEqual(['a', 'b', 'workspace']);
});

test('with --json a run that cannot begin still ends with the last line that a program waits for', async () => {
  const { status, stdout } = await bootlap(['run', 'stokc', '--json'], { folder: folder() });
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ event: 'end', failures: [{ failure: { reason: 'recipe-not-found' } }] });
});

test('the schema is JSON Schema that knows the measurement', async () => {
  const { status, stdout } = await bootlap(['schema']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ $schema: expect.stringContaining('json-schema.org') });
  expect(stdout).toContain('"boots"');
});

test('colours come only where they are wanted', async () => {
  const folderOfOurs = folder();
  mkdirSync(join(folderOfOurs, 'w'));
  const call = async (environment: Record<string, string>): Promise<string> =>
    (await bootlap(['run', 'stokc'], { folder: folderOfOurs, environment })).stderr;
  expect(await call({})).not.toContain('\u001B');
  expect(await call({ FORCE_COLOR: '1' })).toContain('\u001B[31m');
  expect(await call({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\u001B');
});

test('a part of bootlap that is gone since it started is no bug, and told with what to do', async () => {
  const copy = folder();
  for (const name of ['package.json', 'dist/bin', 'configs']) {
    cpSync(join(packageFolder, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(packageFolder, 'node_modules'), join(copy, 'node_modules'));
  const parts = readdirSync(join(copy, 'dist/bin')).filter((name) => name.startsWith('schema-'));
  parts.forEach((name) => rmSync(join(copy, 'dist/bin', name)));
  const { status, stderr } = await bootlap(['schema'], { cli: join(copy, 'dist/bin/cli.js') });
  expect(stderr).toContain('rebuilt or replaced while this ran');
  expect(stderr).toContain('give the same command again');
  expect(stderr).not.toContain('bug');
  expect(status).toBe(3);
});

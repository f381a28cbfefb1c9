import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWorkspace } from '../../src/engine/workspace.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

test('a workspace is made with the folders above it', () => {
  const place = join(folder(), 'a', 'b');
  expect(openWorkspace(place).ok).toBe(true);
  expect(existsSync(place)).toBe(true);
});

test('a workspace in a git tree is no change of that tree', () => {
  const place = folder();
  openWorkspace(place);
  expect(readFileSync(join(place, '.gitignore'), 'utf8')).toBe('*\n');
});

test('where no folder can be made, that is said and not tried for ever', () => {
  expect(openWorkspace('/proc/bootlap/workspace')).toMatchObject({ ok: false });
});

describe('a folder without the file that says what it is', () => {
  const place = (...files: readonly string[]): string => {
    const made = folder();
    for (const file of files) {
      mkdirSync(join(made, file, '..'), { recursive: true });
      writeFileSync(join(made, file), '');
    }
    return made;
  };
  const hash = 'ab'.repeat(32);

  test.each([
    [[`cache/objects/ab/${hash}`, `cache/records/ab/${hash}.json`]],
    [[`cache/objects/ab/${hash}`, `downloads/${hash}`, 'state/last/stock/measure.json', 'README.md']],
    [['out/stock/make-kernel/bzImage', 'runs/20260102T030405Z-stock-ab12/run.json', 'apt/lists/x', 'staging/step-1/x']],
    [['out/nemu/pin-kernel-config/pin.json', 'out/compare/compare/samples.ndjson', 'out/sweep/sweep/samples.ndjson']],
    [['unpacked/bundle-4711-0a1b/bundle.json', `cache/objects/ab/${hash}`]],
  ])('becomes a workspace again where it holds parts of one alone: %j', (files) => {
    const made = place(...files);
    expect(openWorkspace(made)).toMatchObject({ ok: true });
    expect(existsSync(join(made, 'bootlap-workspace.txt'))).toBe(true);
  });

  test.each([
    ['cache/webpack/x', 'cache/webpack'],
    ['cache/objects/pack/x', 'cache/objects/pack'],
    ['out/index.html', 'out/index.html'],
    ['out/assets/logo.svg', 'out/assets/logo.svg'],
    ['staging/mine', 'staging/mine'],
    ['trees/oak', 'trees/oak'],
    ['unpacked/holidays.jpg', 'unpacked/holidays.jpg'],
    ['out/stock/sweepings/x', 'out/stock/sweepings'],
    ['constructor', 'constructor'],
  ])('is left alone where somebody else has put %s there', (file, named) => {
    const made = place(`cache/objects/ab/${hash}`, file);
    expect(openWorkspace(made)).toMatchObject({
      ok: false,
      failure: { reason: 'workspace-foreign', detail: `it holds "${named}", which bootlap did not put there` },
    });
    expect(readdirSync(made)).not.toContain('bootlap-workspace.txt');
  });
});

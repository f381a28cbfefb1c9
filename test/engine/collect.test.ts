import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectCache, listCache, verifyCache, workspaceAt, type Workspace } from '../../src/engine/index.js';
import { temporaryFolders } from '../rig/folder.js';
import { run, tinyStep } from '../rig/pipeline.js';

const folder = temporaryFolders();

/** A cache with three results of 100 kB each, used at different times: `big:0` the longest ago. */
async function filled(): Promise<Workspace> {
  const workspace = workspaceAt(join(folder(), 'ws'));
  for (const index of [0, 1, 2]) {
    const step = tinyStep({ name: 'make:kernel', params: { index }, text: () => String(index).repeat(100_000) });
    await run({ workspace: workspace.folder, steps: [step] });
  }
  for (const entry of listCache(workspace)) {
    const path = join(workspace.records, entry.fingerprint.slice(0, 2), `${entry.fingerprint}.json`);
    const [, index] = /"index":(\d)/.exec(readFileSync(path, 'utf8')) ?? [];
    const used = new Date(2026, 0, 1 + Number(index));
    utimesSync(path, used, used);
  }
  return workspace;
}

test('the least recently used results go first, and only as many as the limit asks for', async () => {
  const workspace = await filled();
  const collected = collectCache(workspace, 250_000);
  expect(collected.removed).toHaveLength(1);
  expect(collected.bytesAfter).toBeLessThanOrEqual(250_000);
  const left = listCache(workspace).map((entry) => entry.lastUsed.getDate());
  expect(left).toEqual([3, 2]);
});

test('what a killed run has left without a record is swept', async () => {
  const workspace = await filled();
  mkdirSync(join(workspace.objects, 'ab'), { recursive: true });
  writeFileSync(join(workspace.objects, 'ab', 'ab'.repeat(32)), 'orphan');
  collectCache(workspace, Infinity);
  expect(readdirSync(join(workspace.objects, 'ab'))).not.toContain('ab'.repeat(32));
  expect(verifyCache(workspace).damaged).toEqual([]);
});

test('verify finds a flipped byte, names the step, and throws the entry away', async () => {
  const workspace = await filled();
  const before = verifyCache(workspace);
  expect(before).toMatchObject({ records: 3, damaged: [] });
  const object = readdirSync(workspace.objects, { recursive: true, encoding: 'utf8' })
    .map((name) => join(workspace.objects, name))
    .find((path) => /[0-9a-f]{64}$/.test(path) && readFileSync(path).length === 100_000);
  chmodSync(String(object), 0o644);
  writeFileSync(String(object), 'x'.repeat(100_000));
  expect(verifyCache(workspace).damaged.map(({ kind, step }) => [kind, step])).toEqual([
    ['object', undefined],
    ['record', 'make:kernel'],
  ]);
  expect(listCache(workspace)).toHaveLength(2);
  expect(verifyCache(workspace).damaged).toEqual([]);
});

test('kept trees and downloads count and can go, too', async () => {
  const workspace = await filled();
  mkdirSync(join(workspace.trees, 'kernel-1'), { recursive: true });
  writeFileSync(join(workspace.trees, 'kernel-1', 'main.c'), 'x'.repeat(500_000));
  const old = new Date(2020, 0, 1);
  utimesSync(join(workspace.trees, 'kernel-1'), old, old);
  const collected = collectCache(workspace, 400_000);
  expect(collected.removed).toEqual([{ what: 'kept tree kernel-1', bytes: 500_000 }]);
  rmSync(workspace.folder, { recursive: true });
});

describe('a sweep', () => {
  const OLD = Date.now() - 40 * 24 * 3_600_000;

  function sweep(workspace: Workspace, id: string, { marks = [] as string[], changed = OLD } = {}): void {
    const path = join(workspace.sweeps, id);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'plan.json'), 'x'.repeat(1000));
    marks.forEach((mark) => writeFileSync(join(path, mark), ''));
    utimesSync(path, changed / 1000, changed / 1000);
  }

  const removedBy = (workspace: Workspace): string[] => collectCache(workspace, 0).removed.map(({ what }) => what);

  test('goes a month after it was over or cancelled, unless it is the newest of its name', () => {
    const workspace = workspaceAt(join(folder(), 'ws'));
    sweep(workspace, '20260101T000000Z-memory-0001', { marks: ['over'] });
    sweep(workspace, '20260102T000000Z-memory-0002', { marks: ['cancelled'] });
    sweep(workspace, '20260103T000000Z-memory-0003', { marks: ['over'] });
    sweep(workspace, '20260103T000000Z-latest-cpu-0004', { marks: ['over'] });
    expect(collectCache(workspace, Infinity).bytesBefore).toBe(4000);
    expect(removedBy(workspace)).toEqual(['sweep 20260101T000000Z-memory-0001', 'sweep 20260102T000000Z-memory-0002']);
    expect(readdirSync(workspace.sweeps)).toHaveLength(2);
  });

  test('stays while it may be gone on with, or is young', () => {
    const workspace = workspaceAt(join(folder(), 'ws'));
    sweep(workspace, '20260101T000000Z-memory-0001');
    sweep(workspace, '20260102T000000Z-memory-0002', { marks: ['over'], changed: Date.now() });
    sweep(workspace, '20260103T000000Z-memory-0003', { marks: ['over'] });
    expect(removedBy(workspace)).toEqual([]);
  });
});

test('what lies ready for the cells of a sweep, and what a killed replay has unpacked, goes; the outputs of a recipe stay', () => {
  const workspace = workspaceAt(join(folder(), 'ws'));
  const old = new Date(2020, 0, 1);
  for (const path of ['out/sweep+3', 'out/stock+b', 'out/stock', 'unpacked/bundle-1', 'unpacked/bundle-2']) {
    const made = join(workspace.folder, path);
    mkdirSync(made, { recursive: true });
    writeFileSync(join(made, 'image'), 'x'.repeat(1000));
    if (!path.endsWith('2')) {
      utimesSync(made, old, old);
    }
  }
  const { removed, bytesBefore, bytesAfter } = collectCache(workspace, 0);
  expect(removed.map(({ what }) => what).sort()).toEqual([
    'outputs ready for stock+b',
    'outputs ready for sweep+3',
    'unpacked bundle-1',
  ]);
  expect([bytesBefore, bytesAfter]).toEqual([4000, 1000]);
  expect(readdirSync(workspace.out)).toEqual(['stock']);
});

import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failed } from '../../src/core/result.js';
import type { Step } from '../../src/core/step.js';
import { temporaryFolders } from '../rig/folder.js';
import { run, tinyStep } from '../rig/pipeline.js';

const folder = temporaryFolders();

/** source -> compile -> link, where `compile` keeps the first line of its source only. */
function threeSteps(source: string, ran: string[] = []): Step[] {
  return [
    tinyStep({ name: 'fetch:kernel', files: { source } }, ran),
    tinyStep(
      { name: 'patch:kernel', upstream: ['fetch:kernel'], text: ([text]) => String(text).split('\n')[0] ?? '' },
      ran,
    ),
    tinyStep({ name: 'make:kernel', upstream: ['patch:kernel'] }, ran),
  ];
}

function pipeline(): { workspace: string; source: string; ran: string[]; steps: Step[] } {
  const base = folder();
  const source = join(base, 'source.txt');
  writeFileSync(source, 'one\ncomment');
  const ran: string[] = [];
  return { workspace: join(base, 'ws'), source, ran, steps: threeSteps(source, ran) };
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a second run', () => {
  test('runs nothing when nothing has changed', async () => {
    const { workspace, steps, ran } = pipeline();
    expect((await run({ workspace, steps })).statuses).toEqual({
      'fetch:kernel': 'ran',
      'patch:kernel': 'ran',
      'make:kernel': 'ran',
    });
    const second = await run({ workspace, steps });
    expect(second.statuses).toEqual({ 'fetch:kernel': 'fresh', 'patch:kernel': 'fresh', 'make:kernel': 'fresh' });
    expect(ran).toHaveLength(3);
  });

  test('redoes what a change reaches, with the reason, and its output is the new one', async () => {
    const { workspace, steps, source } = pipeline();
    await run({ workspace, steps });
    writeFileSync(source, 'two\ncomment');
    const second = await run({ workspace, steps });
    expect(second.statuses['make:kernel']).toBe('ran');
    expect(second.events).toContainEqual(
      expect.objectContaining({ event: 'start', step: 'fetch:kernel', because: ['file source changed'] }),
    );
    expect(readFileSync(join(workspace, 'out/tiny/make-kernel/out'), 'utf8')).toContain('two');
  });

  test('stops at the first step whose output stays the same', async () => {
    const { workspace, steps, source } = pipeline();
    await run({ workspace, steps });
    writeFileSync(source, 'one\nanother comment');
    expect((await run({ workspace, steps })).statuses).toEqual({
      'fetch:kernel': 'ran',
      'patch:kernel': 'ran',
      'make:kernel': 'fresh',
    });
  });

  test('brings results back from the cache when a change is taken back', async () => {
    const { workspace, steps, source, ran } = pipeline();
    await run({ workspace, steps });
    writeFileSync(source, 'two');
    await run({ workspace, steps });
    writeFileSync(source, 'one\ncomment');
    expect((await run({ workspace, steps })).statuses).toEqual({
      'fetch:kernel': 'restored',
      'patch:kernel': 'restored',
      'make:kernel': 'restored',
    });
    expect(ran).toHaveLength(6);
    expect(readFileSync(join(workspace, 'out/tiny/make-kernel/out'), 'utf8')).toContain('one');
  });

  test('notices an input that changed without its size or its mtime changing', async () => {
    const { workspace, steps, source } = pipeline();
    await run({ workspace, steps });
    const { atime, mtime } = statSync(source);
    writeFileSync(source, 'uno\ncomment');
    utimesSync(source, atime, mtime);
    expect((await run({ workspace, steps })).statuses['make:kernel']).toBe('ran');
  });
});

describe('an output that was tampered with', () => {
  test.each([
    ['changed', (path: string) => writeFileSync(path, 'evil')],
    ['removed', (path: string) => rmSync(path)],
    ['made executable', (path: string) => chmodSync(path, 0o755)],
  ])('is restored when it was %s', async (_, tamper) => {
    const { workspace, steps, ran } = pipeline();
    await run({ workspace, steps });
    const output = join(workspace, 'out/tiny/make-kernel/out');
    const good = readFileSync(output, 'utf8');
    tamper(output);
    expect((await run({ workspace, steps })).statuses['make:kernel']).toBe('restored');
    expect(readFileSync(output, 'utf8')).toBe(good);
    expect(statSync(output).mode & 0o111).toBe(0);
    expect(ran).toHaveLength(3);
  });

  test('is restored when a file was added to a folder', async () => {
    const workspace = join(folder(), 'ws');
    const steps = [tinyStep({ name: 'fetch:kernel', folder: { a: '1', b: '2' } })];
    await run({ workspace, steps });
    writeFileSync(join(workspace, 'out/tiny/fetch-kernel/out/c'), '3');
    expect((await run({ workspace, steps })).statuses['fetch:kernel']).toBe('restored');
    expect(existsSync(join(workspace, 'out/tiny/fetch-kernel/out/c'))).toBe(false);
  });
});

describe('a damaged cache', () => {
  test('is never restored: a flipped byte in an object makes its step run again, and that is said', async () => {
    const { workspace, steps } = pipeline();
    await run({ workspace, steps });
    for (const object of filesBelow(join(workspace, 'cache/objects'))) {
      flipByte(object);
    }
    rmSync(join(workspace, 'out'), { recursive: true });
    const second = await run({ workspace, steps });
    expect(second.statuses).toEqual({ 'fetch:kernel': 'ran', 'patch:kernel': 'ran', 'make:kernel': 'ran' });
    expect(second.events).toContainEqual(
      expect.objectContaining({
        event: 'notice',
        level: 'warning',
        text: expect.stringContaining('damaged') as string,
      }),
    );
  });

  test('with a flipped byte in a record counts as not there', async () => {
    const { workspace, steps } = pipeline();
    await run({ workspace, steps });
    filesBelow(join(workspace, 'cache/records')).forEach(flipByte);
    expect((await run({ workspace, steps })).statuses['make:kernel']).toBe('ran');
  });

  test('with a flipped byte in what is remembered of digests costs nothing but a look', async () => {
    const { workspace, steps } = pipeline();
    await run({ workspace, steps });
    filesBelow(join(workspace, 'state')).forEach(flipByte);
    expect((await run({ workspace, steps })).statuses['make:kernel']).toBe('fresh');
  });
});

describe('a step that fails', () => {
  test('leaves no output and no record, and says where its log is', async () => {
    const { workspace, steps } = pipeline();
    const broken = tinyStep({
      name: 'patch:kernel',
      upstream: ['fetch:kernel'],
      run: (context) => {
        writeFileSync(context.output('out'), 'half');
        context.log.line('it goes wrong');
        return Promise.resolve(failed({ reason: 'interrupted' }));
      },
    });
    const outcome = await run({
      workspace,
      steps: steps.map((step) => (step.name === 'patch:kernel' ? broken : step)),
    });
    expect(outcome.statuses).toEqual({ 'fetch:kernel': 'ran', 'patch:kernel': 'failed', 'make:kernel': 'skipped' });
    expect(readFileSync(outcome.failures[0]?.log ?? '', 'utf8')).toBe('it goes wrong\n');
    expect(existsSync(join(workspace, 'out/tiny/patch-kernel'))).toBe(false);
    expect(readdirSync(join(workspace, 'staging'))).toEqual([]);
    expect((await run({ workspace, steps })).statuses).toEqual({
      'fetch:kernel': 'fresh',
      'patch:kernel': 'ran',
      'make:kernel': 'ran',
    });
  });

  test('that did not make what it promised is named', async () => {
    const workspace = join(folder(), 'ws');
    const steps = [tinyStep({ name: 'make:kernel', run: () => Promise.resolve({ ok: true, value: undefined }) })];
    const { failures } = await run({ workspace, steps });
    expect(failures[0]?.failure).toEqual({ reason: 'output-missing', output: 'out', path: 'out' });
  });

  test('stops the others, but not with --keep-going', async () => {
    const bad = tinyStep({ name: 'make:firmware', run: () => Promise.resolve(failed({ reason: 'interrupted' })) });
    const good = tinyStep({ name: 'make:kernel', upstream: ['fetch:kernel'] });
    const steps = [tinyStep({ name: 'fetch:kernel' }), bad, good];
    expect((await run({ workspace: join(folder(), 'ws'), steps })).statuses['make:kernel']).toBe('skipped');
    expect((await run({ workspace: join(folder(), 'ws'), steps, keepGoing: true })).statuses['make:kernel']).toBe(
      'ran',
    );
  });
});

test('an input that is changed while its step runs makes it run again', async () => {
  const { workspace, source } = pipeline();
  const ran: string[] = [];
  const step = tinyStep(
    {
      name: 'make:kernel',
      files: { source },
      run: (context) => {
        writeFileSync(context.output('out'), readFileSync(source));
        if (ran.length === 1) {
          writeFileSync(source, 'edited meanwhile');
        }
        return Promise.resolve({ ok: true, value: undefined });
      },
    },
    ran,
  );
  await run({ workspace, steps: [step] });
  expect(ran).toHaveLength(2);
  expect(readFileSync(join(workspace, 'out/tiny/make-kernel/out'), 'utf8')).toBe('edited meanwhile');
});

test('the clock being set back makes nothing fresh that is not', async () => {
  const { workspace, steps, source } = pipeline();
  await run({ workspace, steps });
  const past = new Date('2001-01-01');
  writeFileSync(source, 'new\ncomment');
  utimesSync(source, past, past);
  filesBelow(join(workspace, 'cache/records')).forEach((path) => utimesSync(path, past, past));
  expect((await run({ workspace, steps })).statuses['make:kernel']).toBe('ran');
});

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { done, failed } from '../../src/core/result.js';
import { DigestMemory } from '../../src/engine/digest-memory.js';
import { EVERYTHING, planPipeline, runPipeline } from '../../src/engine/index.js';
import { temporaryFolders } from '../rig/folder.js';
import { requestOf, run, tinyStep } from '../rig/pipeline.js';

const folder = temporaryFolders();

test("a run that failed does not show an earlier run's figures as its own", async () => {
  const workspace = join(folder(), 'ws');
  const results = [{ step: 'report', output: 'out', as: 'summary.json' }];
  const report = tinyStep({ name: 'report', upstream: ['make:kernel'] });
  const good = await run({ workspace, results, steps: [tinyStep({ name: 'make:kernel' }), report] });
  expect(existsSync(join(good.folder, 'summary.json'))).toBe(true);
  const broken = tinyStep({
    name: 'make:kernel',
    params: { patch: 2 },
    run: () => Promise.resolve(failed({ reason: 'disk-full', path: '/x' })),
  });
  const bad = await run({ workspace, results, steps: [broken, report] });
  expect(bad.statuses['report']).toBe('skipped');
  expect(existsSync(join(bad.folder, 'summary.json'))).toBe(false);
});

test('an input that changes whenever the step runs gives no result, then or later', async () => {
  const base = folder();
  const source = join(base, 'source');
  writeFileSync(source, 'v0');
  let runs = 0;
  const edited = tinyStep({
    name: 'make:kernel',
    files: { source },
    run: (context) => {
      runs += 1;
      writeFileSync(source, `v${runs}`);
      writeFileSync(context.output('out'), readFileSync(source));
      return Promise.resolve(done);
    },
  });
  const workspace = join(base, 'ws');
  const first = await run({ workspace, steps: [edited] });
  expect(first.failures.map(({ failure }) => failure.reason)).toEqual(['file-trouble']);
  for (let version = 0; version < runs; version += 1) {
    writeFileSync(source, `v${version}`);
    const later = await run({ workspace, steps: [tinyStep({ name: 'make:kernel', files: { source } })] });
    expect(later.statuses['make:kernel']).toBe('ran');
    expect(readFileSync(join(workspace, 'out/tiny/make-kernel/out'), 'utf8')).toBe(`make:kernel(v${version})`);
    rmSync(join(workspace, 'cache/records'), { recursive: true });
  }
});

test('after a bug in one step nothing goes on in the workspace once its lock is free', async () => {
  const workspace = join(folder(), 'ws');
  let ended = false;
  const slow = tinyStep({
    name: 'make:kernel',
    run: async (context) => {
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      await new Promise((resolve) => setTimeout(resolve, 50));
      ended = true;
      return failed({ reason: 'interrupted' });
    },
  });
  const bug = tinyStep({ name: 'make:firmware', run: () => Promise.reject(new Error('a bug')) });
  await expect(runPipeline(requestOf({ workspace, steps: [slow, bug] }))).rejects.toThrow('a bug');
  expect(ended).toBe(true);
});

test('a log that the disk has no room for does not end the process', async () => {
  const step = tinyStep({
    name: 'make:kernel',
    run: (context) => {
      const descriptor = readdirSync('/proc/self/fd').find((name) => linkOf(name) === context.log.path);
      closeSync(Number(descriptor));
      // The lowest free number is given out: the log now goes to a disk that is full.
      const full = openSync('/dev/full', 'w');
      expect(full).toBe(Number(descriptor));
      context.log.line('compiling');
      writeFileSync(context.output('out'), '');
      return Promise.resolve(done);
    },
  });
  expect((await run({ workspace: join(folder(), 'ws'), steps: [step] })).statuses).toEqual({ 'make:kernel': 'ran' });
});

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}

test('a result whose last use cannot be noted is used all the same', async () => {
  const workspace = join(folder(), 'ws');
  const after = tinyStep({ name: 'measure', lane: 'exclusive' });
  const fetch = tinyStep({ name: 'fetch:kernel' });
  await run({ workspace, steps: [fetch, after] });
  const forgetting = tinyStep({
    name: 'fetch:kernel',
    run: (context) => {
      rmSync(join(workspace, 'cache/records'), { recursive: true });
      writeFileSync(context.output('out'), 'fetch:kernel()');
      return Promise.resolve(done);
    },
  });
  const second = await run({ workspace, steps: [forgetting, after], selection: { force: ['fetch:kernel'] } });
  expect(second.statuses).toEqual({ 'fetch:kernel': 'ran', measure: 'fresh' });
});

test('a file that changed in the very moment in which it was read is read again the next time', async () => {
  const base = folder();
  const [file, memory] = [join(base, 'init.c'), join(base, 'digests.json')];
  const digests = DigestMemory.load(memory);
  writeFileSync(file, 'aaa');
  digests.digest(file);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await digests.save();
  expect(existsSync(memory) ? readFileSync(memory, 'utf8') : '').not.toContain(file);
});

test('a plan of a workspace that cannot be written to is made all the same', async () => {
  const workspace = join(folder(), 'ws');
  await run({ workspace, steps: [] });
  rmSync(join(workspace, 'state'), { recursive: true, force: true });
  // A file where a folder would have to be: not even root can write below it.
  writeFileSync(join(workspace, 'state'), '');
  const steps = [tinyStep({ name: 'make:kernel', tools: ['sh'] })];
  const planned = await planPipeline({ recipe: 'tiny', steps, workspace, selection: EVERYTHING });
  expect(planned.ok && planned.value.map(({ state }) => state)).toEqual(['stale']);
});

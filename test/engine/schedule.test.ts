import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { done, failed } from '../../src/core/result.js';
import type { Step, StepContext } from '../../src/core/step.js';
import { temporaryFolders } from '../rig/folder.js';
import { run, tinyStep, type TinyStep } from '../rig/pipeline.js';

const folder = temporaryFolders();

/** A step that notes when it begins and ends, and takes a moment. */
function slow(tiny: TinyStep, diary: string[]): Step {
  const work = async (context: StepContext): ReturnType<Step['run']> => {
    diary.push(`${tiny.name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    diary.push(`${tiny.name} ends`);
    writeFileSync(context.output('out'), tiny.name);
    return done;
  };
  return tinyStep({ ...tiny, run: work });
}

test('what is timed runs alone: nothing runs beside it', async () => {
  const diary: string[] = [];
  const steps = [
    slow({ name: 'make:kernel', lane: 'build' }, diary),
    slow({ name: 'measure', lane: 'exclusive' }, diary),
    slow({ name: 'make:firmware', lane: 'build' }, diary),
  ];
  await run({ workspace: join(folder(), 'ws'), steps });
  expect(diary.indexOf('measure ends')).toBe(diary.indexOf('measure begins') + 1);
});

test('steps that do not depend on each other run side by side', async () => {
  const diary: string[] = [];
  const steps = ['fetch:kernel', 'fetch:firmware'].map((name) => slow({ name, lane: 'network' }, diary));
  await run({ workspace: join(folder(), 'ws'), steps });
  expect(diary.slice(0, 2)).toEqual(['fetch:kernel begins', 'fetch:firmware begins']);
});

test('when a step fails, those beside it are ended and told apart from the one that failed', async () => {
  const waits = tinyStep({
    name: 'make:kernel',
    run: (context) =>
      new Promise((resolve) => {
        context.signal.addEventListener('abort', () => resolve(failed({ reason: 'interrupted' })));
      }),
  });
  const breaks = tinyStep({
    name: 'make:firmware',
    run: () => Promise.resolve(failed({ reason: 'disk-full', path: '/x' })),
  });
  const outcome = await run({ workspace: join(folder(), 'ws'), steps: [waits, breaks] });
  expect(outcome.failures.map(({ step, failure }) => [step, failure.reason])).toEqual([['make:firmware', 'disk-full']]);
  expect(outcome.statuses).toEqual({ 'make:kernel': 'skipped', 'make:firmware': 'failed' });
});

test('an interrupted run fails as interrupted, with the signal, and starts nothing more', async () => {
  const interrupt = new AbortController();
  const steps = [
    tinyStep({
      name: 'fetch:kernel',
      run: () => {
        interrupt.abort('SIGINT');
        return Promise.resolve(failed({ reason: 'interrupted' }));
      },
    }),
    tinyStep({ name: 'fetch:firmware', upstream: ['fetch:kernel'] }),
    tinyStep({ name: 'report', lane: 'exclusive' }),
  ];
  const outcome = await run({ workspace: join(folder(), 'ws'), steps, signal: interrupt.signal });
  expect(outcome.failures).toEqual([{ failure: { reason: 'interrupted', signal: 'SIGINT' } }]);
  expect(outcome.statuses).toEqual({ 'fetch:kernel': 'skipped', 'fetch:firmware': 'skipped', report: 'skipped' });
});

test('a system error that a step lets through is a failure like any other', async () => {
  const steps = [
    tinyStep({
      name: 'make:kernel',
      run: () => {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC', syscall: 'write', path: '/full/file' });
      },
    }),
  ];
  const outcome = await run({ workspace: join(folder(), 'ws'), steps });
  expect(outcome.failures[0]?.failure).toEqual({ reason: 'disk-full', path: '/full/file' });
});

test('a record of the run that cannot be written is a failure of the run, and no bug', async () => {
  const workspace = join(folder(), 'ws');
  const spoils = tinyStep({
    name: 'make:kernel',
    run: (context) => {
      writeFileSync(context.output('out'), 'made');
      mkdirSync(join(realpathSync(join(workspace, 'runs/latest')), 'run.json'));
      return Promise.resolve(done);
    },
  });
  const outcome = await run({ workspace, steps: [spoils] });
  expect(outcome.statuses).toEqual({ 'make:kernel': 'ran' });
  expect(outcome.failures).toMatchObject([{ failure: { reason: 'file-trouble', code: 'EISDIR' } }]);
});

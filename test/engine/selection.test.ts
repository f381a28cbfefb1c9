import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVERYTHING, matchesGlob, planPipeline, runPipeline } from '../../src/engine/index.js';
import { inOrder } from '../../src/engine/order.js';
import { temporaryFolders } from '../rig/folder.js';
import { requestOf, run, tinyStep } from '../rig/pipeline.js';

const folder = temporaryFolders();
const steps = [
  tinyStep({ name: 'fetch:kernel' }),
  tinyStep({ name: 'fetch:firmware' }),
  tinyStep({ name: 'make:kernel', upstream: ['fetch:kernel'] }),
  tinyStep({ name: 'make:firmware', upstream: ['fetch:firmware'] }),
  tinyStep({ name: 'measure', upstream: ['make:kernel', 'make:firmware'] }),
];

test('--until runs a step and what it needs, nothing else', async () => {
  const { statuses } = await run({ workspace: join(folder(), 'ws'), steps, selection: { until: ['make:kernel'] } });
  expect(statuses).toEqual({
    'fetch:kernel': 'ran',
    'make:kernel': 'ran',
    'fetch:firmware': 'skipped',
    'make:firmware': 'skipped',
    measure: 'skipped',
  });
});

test('--only uses what is there already and runs nothing else', async () => {
  const workspace = join(folder(), 'ws');
  await run({ workspace, steps });
  const { statuses } = await run({ workspace, steps, selection: { only: ['make:*'], force: ['make:kernel'] } });
  expect(statuses).toEqual({
    'fetch:kernel': 'skipped',
    'fetch:firmware': 'skipped',
    'make:kernel': 'ran',
    'make:firmware': 'fresh',
    measure: 'skipped',
  });
});

test('--only says which step has to run before it', async () => {
  const outcome = await runPipeline(
    requestOf({ workspace: join(folder(), 'ws'), steps, selection: { only: ['measure'] } }),
  );
  expect(outcome).toEqual({ ok: false, failure: { reason: 'step-not-ready', step: 'measure', needs: 'make:kernel' } });
});

test('--from goes on from a step to the end', async () => {
  const workspace = join(folder(), 'ws');
  await run({ workspace, steps });
  const { statuses } = await run({ workspace, steps, selection: { from: ['make:kernel'], force: ['make:kernel'] } });
  expect(statuses).toMatchObject({
    'fetch:kernel': 'skipped',
    'make:kernel': 'ran',
    'make:firmware': 'skipped',
    measure: 'fresh',
  });
});

test('an unknown step is answered with the nearest one', async () => {
  const outcome = await runPipeline(
    requestOf({ workspace: join(folder(), 'ws'), steps, selection: { force: ['make:kernle'] } }),
  );
  expect(outcome).toMatchObject({
    ok: false,
    failure: { reason: 'step-unknown', pattern: 'make:kernle', nearest: 'make:kernel' },
  });
});

test.each([
  ['make:kernel', 'make:*', true],
  ['make:kernel', '*:kernel', true],
  ['make:kernel', 'make', false],
  ['make:kernel', 'ma.e:kernel', false],
])('%s against the pattern %s', (name, pattern, expected) => {
  expect(matchesGlob(name, pattern)).toBe(expected);
});

test('the plan tells before a run what the run will do, and why', async () => {
  const base = folder();
  const source = join(base, 'boot.config');
  writeFileSync(source, 'A=y');
  const configured = [
    tinyStep({ name: 'configure:kernel', files: { 'boot.config': source }, params: { base: 'tinyconfig' } }),
    tinyStep({ name: 'make:kernel', upstream: ['configure:kernel'] }),
  ];
  const request = { recipe: 'tiny', steps: configured, workspace: join(base, 'ws'), selection: EVERYTHING };
  await run({ workspace: request.workspace, steps: configured });
  writeFileSync(source, 'A=n');
  const planned = await planPipeline(request);
  expect(planned.ok && planned.value.map(({ step, state, because }) => [step.name, state, because])).toEqual([
    ['configure:kernel', 'stale', ['file boot.config changed']],
    ['make:kernel', 'stale', ['configure:kernel runs before it']],
  ]);
});

test('steps stand after what they read, whatever order they are given in', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(steps, { minLength: steps.length }), (shuffled) => {
      const names = inOrder(shuffled).map((step) => step.name);
      return steps.every((step) =>
        step.inputs.upstream.every((needed) => names.indexOf(needed.step) < names.indexOf(step.name)),
      );
    }),
  );
});

test('a circle of steps is a bug, and is said to be one', () => {
  expect(() => inOrder([tinyStep({ name: 'a', upstream: ['b'] }), tinyStep({ name: 'b', upstream: ['a'] })])).toThrow(
    'needs itself',
  );
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestBytes } from '../../src/core/digest.js';
import { done } from '../../src/core/result.js';
import type { Step } from '../../src/core/step.js';
import { EVERYTHING, planPipeline } from '../../src/engine/index.js';
import { temporaryFolders } from '../rig/folder.js';
import { run, tinyStep } from '../rig/pipeline.js';

const folder = temporaryFolders();

/** A step that makes `text`, while something else says that it has to be `held`. */
function pin(text: string, held: string | undefined): Step {
  const step = tinyStep({ name: 'pin:kernel', text: () => text });
  return held === undefined
    ? step
    : { ...step, held: { digests: { out: digestBytes(held) }, because: 'not that one' } };
}

test('a result that is not what is held outside is made anew, and the plan says why', async () => {
  const workspace = join(folder(), 'ws');
  const follower = tinyStep({ name: 'fetch:kernel', upstream: ['pin:kernel'] });
  await run({ workspace, steps: [pin('one', undefined), follower] });
  const steps = [pin('two', 'two'), follower];
  const planned = await planPipeline({ recipe: 'tiny', steps, workspace, selection: EVERYTHING });
  expect(planned.ok && planned.value[0]).toMatchObject({ state: 'stale', because: ['not that one'] });
  expect((await run({ workspace, steps })).statuses).toEqual({ 'pin:kernel': 'ran', 'fetch:kernel': 'ran' });
  expect((await run({ workspace, steps })).statuses).toEqual({ 'pin:kernel': 'fresh', 'fetch:kernel': 'fresh' });
  expect((await run({ workspace, steps: [pin('two', undefined), follower] })).statuses).toMatchObject({
    'pin:kernel': 'fresh',
  });
});

test('a step knows that it is forced, and its news are told in that run alone', async () => {
  const workspace = join(folder(), 'ws');
  const step = tinyStep({
    name: 'pin:kernel',
    run: (context) => {
      writeFileSync(context.output('out'), '');
      context.news(context.forced ? 'it moved' : 'it is new');
      context.notice('info', 'it is odd');
      return Promise.resolve(done);
    },
  });
  const told = async (force: string[]): Promise<string[]> => {
    const { events } = await run({ workspace, steps: [step], selection: { force } });
    return events.flatMap((event) => (event.event === 'notice' ? [event.text] : []));
  };
  expect(await told([])).toEqual(['it is new', 'it is odd']);
  expect(await told(['pin:*'])).toEqual(['it moved', 'it is odd']);
  expect(await told([])).toEqual(['it is odd']);
});

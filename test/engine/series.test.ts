import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { done, failed } from '../../src/core/result.js';
import type { Step, StepContext } from '../../src/core/step.js';
import { collectCache, workspaceAt, keptWorkFolder } from '../../src/engine/index.js';
import { temporaryFolders } from '../rig/folder.js';
import { run, tinyStep } from '../rig/pipeline.js';

const folder = temporaryFolders();

/** A step whose work is to have so many letters; it makes those that it does not find. */
function lettersStep(count: number, options: { readonly of?: string; readonly made?: number[] } = {}): Step {
  const { of = 'a', made = [] } = options;
  const step = tinyStep({
    name: 'measure',
    params: { of, count },
    run: (context: StepContext) => {
      const path = join(context.resumeFolder, 'letters');
      const found = existsSync(path) ? readFileSync(path, 'utf8') : '';
      const missing = Math.max(0, count - found.length);
      appendFileSync(path, of.repeat(missing));
      made.push(missing);
      writeFileSync(context.output('out'), readFileSync(path, 'utf8').slice(0, count));
      return Promise.resolve(done);
    },
  });
  return { ...step, series: { of } };
}

const resumeFolders = (workspace: string): string[] => readdirSync(workspaceAt(workspace).resume);

test('a result goes on with the work of one that differs only in what does not count for it', async () => {
  const workspace = join(folder(), 'ws');
  const made: number[] = [];
  await run({ workspace, steps: [lettersStep(3, { made })] });
  await run({ workspace, steps: [lettersStep(5, { made })] });
  await run({ workspace, steps: [lettersStep(4, { made })] });
  await run({ workspace, steps: [lettersStep(4, { of: 'b', made })] });
  expect(made).toEqual([3, 2, 0, 4]);
  expect(readFileSync(join(workspaceAt(workspace).out, 'tiny', 'measure', 'out'), 'utf8')).toBe('bbbb');
  expect(resumeFolders(workspace)).toHaveLength(2);
});

test('each result is in the cache of its own: one that was there is not worked for again', async () => {
  const workspace = join(folder(), 'ws');
  const made: number[] = [];
  await run({ workspace, steps: [lettersStep(3, { made })] });
  await run({ workspace, steps: [lettersStep(5, { made })] });
  const again = await run({ workspace, steps: [lettersStep(3, { made })] });
  expect(again.statuses).toEqual({ measure: 'restored' });
  expect(made).toEqual([3, 2]);
});

test('--clean throws the work away', async () => {
  const workspace = join(folder(), 'ws');
  const made: number[] = [];
  await run({ workspace, steps: [lettersStep(3, { made })] });
  await run({ workspace, steps: [lettersStep(5, { made })], clean: true });
  expect(made).toEqual([3, 5]);
});

/** Whether there is work to go on with; from now on there is. */
function halfDone({ resumeFolder }: StepContext): boolean {
  const path = join(resumeFolder, 'half');
  const found = existsSync(path);
  writeFileSync(path, '');
  return found;
}

test('work during which an input changed is thrown away', async () => {
  const workspace = join(folder(), 'ws');
  const file = join(folder(), 'input');
  writeFileSync(file, 'before');
  const found: boolean[] = [];
  const step: Step = {
    ...tinyStep({
      name: 'measure',
      files: { file },
      run: (context) => {
        found.push(halfDone(context));
        writeFileSync(context.output('out'), readFileSync(file, 'utf8'));
        // Changed while the first run goes on, and put back by the second one.
        if (found.length < 3) {
          writeFileSync(file, found.length === 1 ? 'changed' : 'before');
        }
        return Promise.resolve(done);
      },
    }),
    series: {},
  };
  await run({ workspace, steps: [step] });
  expect(found).toEqual([false, false, false]);
});

test('work during which an input changed is thrown away where it was interrupted, too', async () => {
  const workspace = join(folder(), 'ws');
  const file = join(folder(), 'input');
  const found: boolean[] = [];
  const step: Step = {
    ...tinyStep({
      name: 'measure',
      files: { file },
      run: (context) => {
        found.push(halfDone(context));
        writeFileSync(context.output('out'), '');
        if (found.length === 1) {
          writeFileSync(file, 'changed');
        }
        return Promise.resolve(found.length < 3 ? failed({ reason: 'interrupted' as const }) : done);
      },
    }),
    series: {},
  };
  for (let turn = 0; turn < 3; turn += 1) {
    // Each time as it was at first.
    writeFileSync(file, 'before');
    await run({ workspace, steps: [step] });
  }
  expect(found).toEqual([false, false, true]);
});

test('work of a killed run is gone on with as long as nobody has written to a file that it read', async () => {
  const workspace = join(folder(), 'ws');
  const file = join(folder(), 'input');
  writeFileSync(file, 'before');
  const found: string[] = [];
  // As after a kill, the end of the step comes to nobody.
  const kill = new Error('killed');
  const step = (killed: boolean): Step => ({
    ...tinyStep({
      name: 'measure',
      files: { file },
      run: (context) => {
        found.push(halfDone(context) ? 'there' : 'gone');
        writeFileSync(context.output('out'), '');
        return killed ? Promise.reject(kill) : Promise.resolve(failed({ reason: 'interrupted' as const }));
      },
    }),
    series: {},
  });
  const killed = (): Promise<unknown> => expect(run({ workspace, steps: [step(true)] })).rejects.toBe(kill);
  await killed();
  await run({ workspace, steps: [step(false)] });
  await killed();
  expect(found).toEqual(['gone', 'there', 'there']);
  // Other bytes for a while, and now the same again.
  writeFileSync(file, 'other');
  writeFileSync(file, 'before');
  await run({ workspace, steps: [step(false)] });
  expect(found.at(-1)).toBe('gone');
  // That one was seen to its end, and vouches for what it made.
  writeFileSync(file, 'before');
  await run({ workspace, steps: [step(false)] });
  expect(found.at(-1)).toBe('there');
});

test('of a step without a series nothing is left after success, and all of it after a failure', async () => {
  const workspace = join(folder(), 'ws');
  const step = (ok: boolean): Step =>
    tinyStep({
      name: 'measure',
      run: (context) => {
        writeFileSync(join(context.resumeFolder, 'half'), '');
        writeFileSync(context.output('out'), '');
        return Promise.resolve(ok ? done : failed({ reason: 'interrupted' as const }));
      },
    });
  await run({ workspace, steps: [step(false)] });
  expect(resumeFolders(workspace)).toHaveLength(1);
  await run({ workspace, steps: [step(true)] });
  expect(resumeFolders(workspace)).toEqual([]);
});

test('kept work counts for the size of the cache and goes in its turn', async () => {
  const workspace = join(folder(), 'ws');
  await run({ workspace, steps: [lettersStep(300_000)] });
  await run({ workspace, steps: [lettersStep(200_000, { of: 'b' })] });
  const places = workspaceAt(workspace);
  const [first = ''] = resumeFolders(workspace).filter((name) =>
    readFileSync(join(places.resume, name, 'letters'), 'utf8').startsWith('a'),
  );
  const old = new Date(2020, 0, 1);
  utimesSync(join(places.resume, first), old, old);
  const collected = collectCache(places, 750_000);
  expect(collected.bytesBefore).toBe(1_000_000);
  expect(collected.removed).toEqual([
    { what: `boots or other work to go on with (${first.slice(0, 12)})`, bytes: 300_000 },
  ]);
  expect(resumeFolders(workspace)).toHaveLength(1);
});

test('where the work of a step lies can be asked before it runs, unless what it reads is not there yet', async () => {
  const workspace = join(folder(), 'ws');
  const upstream = tinyStep({ name: 'probe' });
  const step = lettersStep(3);
  const measure: Step = { ...step, inputs: { ...step.inputs, upstream: [{ step: 'probe', output: 'out' }] } };
  const asked = { recipe: 'tiny', steps: [upstream, measure], workspace, step: 'measure' };
  expect(await keptWorkFolder(asked)).toBeUndefined();
  await run({ workspace, steps: [upstream, measure] });
  const found = await keptWorkFolder(asked);
  expect(readFileSync(join(String(found), 'letters'), 'utf8')).toBe('aaa');
});

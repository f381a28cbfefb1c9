import { beforeEach, expect, test, vi } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pipeline from '../../src/commands/pipeline.js';
import { planSweep } from '../../src/commands/sweep/plan.js';
import { openWorkspace } from '../../src/engine/index.js';
import * as chain from '../../src/recipe/chain.js';
import { loadSweep } from '../../src/recipe/sweep/load.js';
import { writeFinishedFiles } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';

// They do what they always do, and are counted.
vi.mock('../../src/commands/pipeline.js', { spy: true });
vi.mock('../../src/recipe/chain.js', { spy: true });

const folder = temporaryFolders();

beforeEach(() => {
  vi.clearAllMocks();
});

/** How often the recipe's file was read, and steps were lined up, for the plan of a sweep. */
async function workFor(
  matrix: Readonly<Record<string, readonly unknown[]>>,
): Promise<{ read: number; linedUp: number }> {
  const base = folder();
  writeFinishedFiles(base, { body: 'exit 1', measure: '{ method: exit, boots: 2 }' });
  writeFileSync(join(base, 'other.bin'), Buffer.alloc(65_536, 0xf4));
  writeFileSync(join(base, 'cells.yaml'), JSON.stringify({ recipe: './fake.yaml', matrix }));
  const [workspace, sweep] = [openWorkspace(join(base, 'w')), loadSweep(join(base, 'cells.yaml'))];
  if (!workspace.ok || !sweep.ok) {
    throw new Error('it did not load');
  }
  const plan = await planSweep(sweep.value, workspace.value.folder);
  const cells = Object.values(matrix).reduce((product, { length }) => product * length, 1);
  expect(plan).toMatchObject({ ok: true, value: { cells: { length: cells } } });
  return {
    read: vi.mocked(chain.readRecipeChain).mock.calls.length,
    linedUp: vi.mocked(pipeline.lineUp).mock.calls.length,
  };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => 64 + index);

test.each([4, 100])('a plan of %d machines reads the recipe once, and looks once at what they share', async (count) => {
  expect(await workFor({ 'machine.memory': range(count), 'measure.seed': range(4) })).toEqual({ read: 1, linedUp: 1 });
});

test('a plan looks again only where a component is another one', async () => {
  const files = ['./bios.bin', './other.bin'];
  expect(
    await workFor({ 'machine.memory': range(10), 'firmware.source.file': files, 'kernel.source.file': ['./bzImage'] }),
  ).toEqual({ read: 1, linedUp: 2 });
});

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PlannedCell, SweepPlan } from '../../src/commands/sweep/document.js';
import { absoluteRecipes, movedPlan, placeFiles, travellingFiles } from '../../src/commands/sweep/travel.js';
import type { Digest } from '../../src/core/digest.js';
import { writeFinishedFiles } from '../rig/fake-recipe.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

function planIn(base: string, values: PlannedCell['values']): SweepPlan {
  return {
    schemaVersion: 1,
    name: 's',
    description: '',
    file: join(base, 'cells.yaml'),
    executor: 'ssh',
    hosts: { workspace: '/w', results: 'cache', environment: [] },
    slurm: { build: {}, measure: {} },
    retries: 1,
    together: 2,
    axes: [],
    cells: [{ number: 1, name: 'one', values, key: 'k' as Digest, needs: [] }],
    builds: [],
  };
}

test('the files of a recipe come to another host, programs as programs, and the plan finds them there', () => {
  const [base, host] = [folder(), folder()];
  writeFinishedFiles(base, { body: 'exit 3', cpu: 'fast', measure: '{ boots: 3 }' });
  writeFileSync(join(base, 'bootlap.lock'), 'version: 1\n');
  const plan = planIn(base, { recipe: './fake.yaml' });
  const files = travellingFiles(plan, plan.cells, '/');
  if (!files.ok) {
    throw new Error(JSON.stringify(files.failure));
  }
  const names = files.value.map(({ path }) => path.slice(base.length + 1)).sort();
  expect(names).toEqual(['bios.bin', 'bootlap.lock', 'bzImage', 'fake.yaml', 'vm/qemu-system-x86_64_virt']);

  const [letter, root] = [join(host, 'letter'), join(host, 'files')];
  mkdirSync(letter);
  files.value.forEach(({ name, path }) => writeFileSync(join(letter, name), readFileSync(path)));
  expect(placeFiles(files.value, { from: letter, root }).ok).toBe(true);
  const moved = movedPlan(absoluteRecipes(plan), root);
  expect(moved.cells[0]?.values['recipe']).toBe(join(root, base, 'fake.yaml'));
  expect(readFileSync(join(root, base, 'fake.yaml'), 'utf8')).toContain('name: fake');
  expect(statSync(join(root, base, 'vm', 'qemu-system-x86_64_virt')).mode & 0o777).toBe(0o755);
});

test('a working tree does not travel, and what to do is said', () => {
  const base = folder();
  mkdirSync(join(base, 'tree'));
  const plan = planIn(base, { recipe: 'stock', 'with.kernel': './tree' });
  const files = travellingFiles(plan, plan.cells, '/');
  expect(files).toMatchObject({ ok: false, failure: { reason: 'usage' } });
  expect(JSON.stringify(files)).toContain('builds the kernel from a working tree');
});

test.each(['/../etc/passwd', 'etc/passwd', '/a/./b', '/a//b'])(
  'a file that is to lie at %s is not put anywhere',
  (path) => {
    const host = folder();
    writeFileSync(join(host, 'file-1'), 'bytes');
    const placed = placeFiles([{ name: 'file-1', path, isProgram: false }], { from: host, root: join(host, 'files') });
    expect(placed).toMatchObject({ ok: false, failure: { reason: 'usage' } });
  },
);

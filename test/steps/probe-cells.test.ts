import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import type { Result } from '../../src/core/result.js';
import type { ProbeContext } from '../../src/measure/check.js';
import { probeCells } from '../../src/measure/probe-cells.js';
import type { ProbeDocument } from '../../src/measure/probe.js';
import type { VmRig } from '../../src/measure/vm-rig.js';
import { cellsOf } from '../../src/recipe/cells.js';
import type { Recipe } from '../../src/recipe/schema.js';
import { probeStep } from '../../src/steps/probe.js';
import { fakeHypervisor, SOUND_FAKE } from '../rig/vm-fake.js';
import { buildGuest, buildKernel } from '../rig/vm-guest.js';
import { guestRecipe, vmBench, type VmBench } from '../rig/vm-step.js';

let bench: VmBench;

beforeAll(async () => {
  bench = await vmBench();
  bench.outputs.set('fetch:hypervisor/source', bench.made('hypervisor'));
  bench.outputs.set('make:kernel/image', buildKernel(bench.made('kernel')));
  const program = [{ write: [0xf5, 1] }, { write: [0xf4, 3] }, { write: [0xf6, 2] }] as const;
  bench.outputs.set('make:firmware/image', buildGuest(bench.made('guest'), program));
});

afterEach(() => {
  bench.notices.length = 0;
  bench.progress.length = 0;
});

afterAll(() => bench.remove());

test('every machine of a matrix is booted, and the record is that of the base with all of them in it', async () => {
  const matrix = { type: ['pc', 'q35'], cpus: [1, 2] };
  const recipe = { ...guestRecipe({ measure: { method: 'trace', timeout: '20s' } }), matrix };
  expect(await bench.run(probeStep({ recipe }))).toEqual({ ok: true, value: undefined });
  const { cells = {}, ...base } = JSON.parse(readFileSync(bench.path('probe', 'probe'), 'utf8')) as ProbeDocument;
  expect(base).toMatchObject({ schemaVersion: 2, method: 'trace', accelerator: 'tcg', machine: 'pc' });
  expect(Object.entries(cells).map(([name, { machine }]) => [name, machine])).toEqual([
    ['type=pc cpus=1', 'pc'],
    ['type=pc cpus=2', 'pc'],
    ['type=q35 cpus=1', 'q35'],
    ['type=q35 cpus=2', 'q35'],
  ]);
  expect(cells['type=pc cpus=1']).toEqual(base);
  expect(bench.progress.at(-1)).toMatchObject({ done: 4, total: 4 });
});

test('a machine that cannot be booted is named', async () => {
  const recipe = { ...guestRecipe(), matrix: { type: ['pc', 'no-such-machine'], memory: [64] } };
  expect(await bench.run(probeStep({ recipe }))).toMatchObject({
    failure: { reason: 'probe-failed', cell: 'type=no-such-machine memory=64', diagnosis: { kind: 'no-such-machine' } },
  });
});

test('another matrix is another probe, and a recipe without one is what it was', () => {
  const paramsOf = (matrix: Recipe['matrix']): unknown =>
    probeStep({ recipe: { ...guestRecipe(), ...(matrix === undefined ? {} : { matrix }) } }).inputs.params;
  expect(paramsOf(undefined)).not.toHaveProperty('matrix');
  expect(paramsOf({})).toEqual(paramsOf(undefined));
  expect(paramsOf({ memory: [64, 128] })).not.toEqual(paramsOf({ memory: [64, 256] }));
});

/** Boots with KVM do what `kvm` says; those with TCG are sound. */
function probeFake(kvm: string): Promise<Result<ProbeDocument, Failure>> {
  const folder = bench.made('fake');
  const hypervisor = fakeHypervisor(folder, `[ "$accel" != kvm ] || { ${kvm}; }\n${SOUND_FAKE}`);
  const recipe = { ...guestRecipe({ machine: { accel: 'auto' } }), matrix: { type: ['pc', 'q35', 'microvm'] } };
  const context: ProbeContext = {
    method: 'exit',
    kvm: 'usable',
    built: true,
    notice: (level, text) => bench.notices.push({ level, text }),
    log: (line) => bench.lines.push(line),
    progress: () => undefined,
  };
  const rigOf = ({ machine, points }: Recipe): VmRig => ({
    files: { hypervisor, firmware: bench.path('make:firmware', 'image'), kernel: bench.path('make:kernel', 'image') },
    stopwatch: bench.path('make:stopwatch', 'stopwatch'),
    machine,
    points,
    timeoutMilliseconds: 4_000,
    scheduling: {},
    folder: bench.made('scratch'),
    signal: bench.abort.signal,
  });
  const cells = cellsOf(recipe).map((cell) => ({ name: cell.name, rig: rigOf(cell.recipe) }));
  return probeCells(cells, context);
}

function accelerators(result: Result<ProbeDocument, Failure>): unknown {
  return result.ok
    ? Object.values(result.value.cells ?? {}).map(({ accelerator, reason }) => `${accelerator}, ${reason}`)
    : result;
}

test('KVM that serves is taken for all machines, and that is told once', async () => {
  expect(accelerators(await probeFake(':'))).toEqual(Array(3).fill('kvm, kvm-boots'));
  expect(bench.notices.filter(({ text }) => text.includes('measuring with KVM'))).toHaveLength(1);
});

test('KVM that does not serve one machine is taken for none, because a comparison with TCG says nothing', async () => {
  expect(accelerators(await probeFake('[ "$machine" != q35 ] || exit 1'))).toEqual(Array(3).fill('tcg, kvm-fails'));
  expect(bench.notices.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^type=q35: a boot with KVM ended/),
  );
});

test('KVM that hangs costs its time once', async () => {
  expect(accelerators(await probeFake(`echo >> ${join(bench.folder, 'hung')}; exec sleep 30`))).toEqual(
    Array(3).fill('tcg, kvm-hangs'),
  );
  expect(readFileSync(join(bench.folder, 'hung'), 'utf8')).toBe('\n');
});

import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import type { Result } from '../../src/core/result.js';
import { bootPlan, type MeasuringMethod } from '../../src/measure/boot-plan.js';
import type { MeasurementRecord } from '../../src/measure/measurement-record.js';
import { parseSamples, type Sample } from '../../src/measure/samples.js';
import { measureStep } from '../../src/steps/measure.js';
import { probeStep } from '../../src/steps/probe.js';
import { fakeHypervisor, SOUND_FAKE } from '../rig/vm-fake.js';
import { buildGuest, buildKernel } from '../rig/vm-guest.js';
import { guestRecipe, vmBench, type GuestRecipeChanges, type VmBench } from '../rig/vm-step.js';

const TWO_POINTS = [
  { name: 'firmware', port: 0xf5, value: 1 },
  { name: 'kernel', port: 0xf4, value: 3 },
];

let bench: VmBench;
let fakes: string;

beforeEach(async () => {
  bench = await vmBench();
  fakes = bench.made('fakes');
  bench.outputs.set('fetch:hypervisor/source', bench.made('hypervisor'));
  bench.outputs.set('make:kernel/image', buildKernel(bench.made('kernel')));
  bench.outputs.set('make:firmware/image', join(bench.made('kernel'), 'kernel'));
  mkdirSync(join(bench.folder, 'probe'), { recursive: true });
  bench.outputs.set('probe/probe', join(bench.folder, 'probe', 'probe.json'));
  writeFileSync(bench.path('probe', 'probe'), JSON.stringify({ method: 'exit', accelerator: 'tcg', machine: 'pc' }));
});

afterEach(() => bench.remove());

/** Measures a hypervisor that is a script. */
function measure(body: string, changes: GuestRecipeChanges = {}): Promise<Result<void, Failure>> {
  const hypervisor = fakeHypervisor(fakes, body);
  return bench.run(measureStep({ recipe: guestRecipe({ hypervisor, points: TWO_POINTS, ...changes }) }));
}

function samples(): Sample[] {
  return parseSamples(readFileSync(bench.path('measure', 'samples'), 'utf8'));
}

const resumed = (name = 'samples.ndjson'): string => join(bench.folder, 'steps', 'measure', 'resume', name);
const shown = (): string => join(bench.folder, 'run', 'samples.ndjson');

describe('with real QEMU and the tiny guest', () => {
  test('every planned boot is a sample of its own point, in the order of the plan', async () => {
    const firmware = buildGuest(bench.made('guest'), [
      { write: [0xf5, 1] },
      { write: [0xf4, 3] },
      { write: [0xf6, 2] },
    ]);
    bench.outputs.set('make:firmware/image', firmware);
    const recipe = guestRecipe({ measure: { boots: 3, warmup: 1, seed: 5 } });
    expect((await bench.run(probeStep({ recipe }))).ok).toBe(true);
    expect(await bench.run(measureStep({ recipe }))).toMatchObject({ ok: true });
    const points = ['firmware', 'kernel', 'user-space'];
    const plan = bootPlan({ method: 'exit', points, boots: 3, warmup: 1, seed: 5 });
    const planned = samples().map(({ boot, block, warmup, method, point }) => ({ boot, block, warmup, method, point }));
    expect(planned).toEqual(plan);
    expect(samples().every(({ outcome, elapsedNs }) => outcome === 'reached' && Number(elapsedNs) > 1e6)).toBe(true);
    const record = JSON.parse(readFileSync(bench.path('measure', 'measurement'), 'utf8')) as MeasurementRecord;
    expect(record).toMatchObject({
      schemaVersion: 2,
      method: 'exit',
      plan: { seed: 5 },
      probe: { accelerator: 'tcg' },
      sessions: 1,
    });
    expect(Object.keys(record.inputs)).toEqual(['hypervisor', 'firmware', 'kernel', 'stopwatch']);
  });
});

/** What the probe came to. */
function probed(method: MeasuringMethod): void {
  writeFileSync(bench.path('probe', 'probe'), JSON.stringify({ method, accelerator: 'tcg', machine: 'pc' }));
}

describe('with traced boots', () => {
  const guest = (): string =>
    buildGuest(bench.made('guest'), [{ write: [0xf5, 1] }, { write: [0xf4, 3] }, { write: [0xf6, 2] }, 'spin']);

  test('of real QEMU, each boot is a sample of every point, and is over when the last one has come', async () => {
    bench.outputs.set('make:firmware/image', guest());
    const recipe = guestRecipe({ measure: { method: 'auto', boots: 3, warmup: 1 } });
    expect((await bench.run(probeStep({ recipe }))).ok).toBe(true);
    expect(await bench.run(measureStep({ recipe }))).toMatchObject({ ok: true });
    expect(samples()).toHaveLength(4);
    for (const { method, outcome, markersNs = {}, elapsedNs, endedAtMarker } of samples()) {
      expect({ method, outcome, endedAtMarker }).toEqual({ method: 'trace', outcome: 'reached', endedAtMarker: true });
      const [first = 0, second = 0, third = 0] = Object.values(markersNs).map(Number);
      expect(first).toBeGreaterThan(1e6);
      expect(second).toBeGreaterThanOrEqual(first);
      expect(third).toBeGreaterThanOrEqual(second);
      expect(String(third)).toBe(elapsedNs);
    }
    const record = JSON.parse(readFileSync(bench.path('measure', 'measurement'), 'utf8')) as MeasurementRecord;
    expect(record).toMatchObject({ method: 'trace', plan: { method: 'trace', boots: 3 }, probe: { method: 'trace' } });
  });

  test('of real QEMU interleaved with boots to each point, both are there', async () => {
    bench.outputs.set('make:firmware/image', guest());
    const recipe = guestRecipe({ measure: { method: 'both', boots: 2, warmup: 0 } });
    expect((await bench.run(probeStep({ recipe }))).ok).toBe(true);
    expect(await bench.run(measureStep({ recipe }))).toMatchObject({ ok: true });
    const kinds = samples().map(({ block, method, point, outcome }) => `${block} ${method} ${point} ${outcome}`);
    const all = ['exit firmware', 'exit kernel', 'exit user-space', 'trace user-space'];
    expect([...kinds].sort()).toEqual([0, 1].flatMap((block) => all.map((kind) => `${block} ${kind} reached`)));
  });

  test('one that fails is told with what it wrote, and is in no figure', async () => {
    probed('trace');
    const result = await measure(`[ "$port$boot" != 0xf42 ] || exit 9; ${SOUND_FAKE}`, {
      measure: { method: 'trace', boots: 3, warmup: 0, 'max-failed': 0.5 },
    });
    expect(result).toMatchObject({ ok: true });
    const bad = samples().filter(({ outcome }) => outcome !== 'reached');
    expect(bad).toMatchObject([{ boot: 1, outcome: 'wrong-value', writes: [{ port: 0xf5, value: 1 }, { value: 4 }] }]);
    expect(bench.notices.map(({ text }) => text).join()).toContain('wrote another value at the port of a point');
  });

  test('that all fail, the figures are not valid, and the failure says of which boots', async () => {
    probed('both');
    const result = await measure(`[ -z "$traced" ] || exit 0; ${SOUND_FAKE}`, {
      measure: { method: 'both', boots: 3, warmup: 0, 'max-failed': 0.9 },
    });
    expect(result).toMatchObject({
      failure: { reason: 'boots-failed', points: [{ point: 'kernel', traced: true, failed: 3, boots: 3 }] },
    });
  });

  test('progress tells the running medians of all points', async () => {
    probed('trace');
    await measure(SOUND_FAKE);
    expect(bench.progress.at(-1)).toMatchObject({ done: 3, total: 3, unit: 'boots' });
    expect(bench.progress.at(-1)?.note).toMatch(/^firmware [\d.]+ ms, kernel [\d.]+ ms$/);
  });
});

test('how processes were put on processors is recorded', async () => {
  expect(await measure(SOUND_FAKE, { measure: { pin: { vm: 0 }, realtime: 5 } })).toMatchObject({ ok: true });
  const record = JSON.parse(readFileSync(bench.path('measure', 'measurement'), 'utf8')) as MeasurementRecord;
  expect(record.scheduling).toMatchObject({ vmCpu: 0, realtime: { priority: 5 } });
  expect(record.scheduling).not.toHaveProperty('stopwatchCpu');
  expect(record.scheduling.realtime?.granted).toBeTypeOf('boolean');
});

describe('a boot that fails', () => {
  const ONE_HANGS = `[ $boot != 4 ] || { echo half-way; echo oops >&2; exec sleep 30; }; ${SOUND_FAKE}`;
  const PATIENT = { measure: { timeout: '300ms', 'max-failed': 0.5 } };

  test('is counted and shown with its last words, and is not timed', async () => {
    expect(await measure(ONE_HANGS, PATIENT)).toMatchObject({ ok: true });
    const bad = samples().filter(({ outcome }) => outcome !== 'reached');
    expect(bad).toMatchObject([{ boot: 3, outcome: 'hung', console: ['half-way'], errors: ['oops'], timedOut: true }]);
    expect(bench.notices).toMatchObject([{ level: 'warning', text: expect.stringContaining('hung') as string }]);
  });

  test('stops the measurement when there are too many, with the console of the last', async () => {
    const result = await measure(`echo 'Kernel panic - not syncing: no'; exit 0`, {
      measure: { boots: 20, warmup: 0 },
    });
    expect(result).toMatchObject({
      failure: { reason: 'boots-failed', failed: 5, boots: 40, console: ['Kernel panic - not syncing: no'] },
    });
  });

  test('and so failed the measurement: the next run boots again instead of failing at once', async () => {
    await measure('exit 9', { measure: { warmup: 0 } });
    expect(existsSync(resumed())).toBe(false);
    expect(parseSamples(readFileSync(shown(), 'utf8'))).toHaveLength(1);
    expect(await measure(SOUND_FAKE, { measure: { warmup: 0 } })).toMatchObject({ ok: true });
    expect(samples()).toHaveLength(4);
  });

  test('at one point always makes the figures invalid, however many are accepted', async () => {
    const result = await measure(`[ "$port" != 0xf4 ] || exit 0; ${SOUND_FAKE}`, { measure: { 'max-failed': 1 } });
    expect(result).toMatchObject({ failure: { reason: 'boots-failed', failed: 2, boots: 4 } });
  });

  test('while warming up does not count against the figures', async () => {
    const result = await measure(`[ $boot -gt 2 ] || exit 0; ${SOUND_FAKE}`, { measure: { 'max-failed': 0 } });
    expect(result).toMatchObject({ ok: true });
  });
});

describe('a point that gets fewer boots', () => {
  const FEW = [TWO_POINTS[0], { name: 'kernel', port: 0xf4, value: 3, boots: 2 }].filter(
    (point) => point !== undefined,
  );

  test('gets those, and everything that counts boots knows', async () => {
    const changes = { points: FEW, measure: { boots: 10, warmup: 1 } };
    expect(await measure(SOUND_FAKE, changes)).toMatchObject({ ok: true });
    const own = samples().filter(({ point, warmup }) => point === 'kernel' && !warmup);
    expect(own.map(({ block }) => block)).toEqual([5, 10]);
    expect(samples()).toHaveLength(14);
    expect(bench.progress.at(-1)).toMatchObject({ done: 14, total: 14 });
    expect(measureStep({ recipe: guestRecipe(changes) }).title).toBe('boot 14 times');
    const record = JSON.parse(readFileSync(bench.path('measure', 'measurement'), 'utf8')) as MeasurementRecord;
    expect(record.plan).toEqual({
      method: 'exit',
      points: ['firmware', 'kernel'],
      boots: 10,
      fewer: { kernel: 2 },
      warmup: 1,
      seed: 1,
    });
  });

  test('weighs as much as the others when boots fail', async () => {
    const half = `[ "$port" != 0xf4 ] || [ -e ${fakes}/once ] || { touch ${fakes}/once; exit 0; }; ${SOUND_FAKE}`;
    const result = await measure(half, { points: FEW, measure: { boots: 10, warmup: 0, 'max-failed': 0.2 } });
    expect(result).toMatchObject({
      failure: { reason: 'boots-failed', failed: 1, boots: 12, points: [{ point: 'kernel', failed: 1, boots: 2 }] },
    });
  });

  test('never gets more boots than the others: fewer boots for all are set at one place', () => {
    const { title } = measureStep({ recipe: guestRecipe({ points: FEW, measure: { boots: 1, warmup: 0 } }) });
    expect(title).toBe('boot 2 times');
  });

  test('is another measurement, and one that gets as many as the others is not', () => {
    const inputs = (boots?: number): unknown => {
      const points = TWO_POINTS.map((point) => (boots === undefined ? point : { ...point, boots }));
      return measureStep({ recipe: guestRecipe({ points, measure: { boots: 10 } }) }).inputs;
    };
    expect(inputs(10)).toEqual(inputs());
    expect(inputs(9)).not.toEqual(inputs());
  });
});

test('boots are made with the CPU model that the probe came through with', async () => {
  writeFileSync(
    bench.path('probe', 'probe'),
    JSON.stringify({ method: 'exit', accelerator: 'tcg', machine: 'pc', cpu: 'qemu64' }),
  );
  const machine = { cpu: 'host', 'cpu-fallbacks': ['qemu64'] };
  const result = await measure(`[ "$cpu" = qemu64 ] || exit 99; ${SOUND_FAKE}`, { machine });
  expect(result).toMatchObject({ ok: true });
  expect(samples().every(({ outcome }) => outcome === 'reached')).toBe(true);
});

describe('a measurement that was killed', () => {
  /** Ends the step while its boot number `boot` is under way. */
  async function interruptedAt(boot: number): Promise<Result<void, Failure>> {
    const pending = measure(`[ $boot != ${boot} ] || { echo > ${fakes}/hanging; exec sleep 30; }; ${SOUND_FAKE}`, SLOW);
    while (!existsSync(join(fakes, 'hanging'))) {
      await pause(10);
    }
    bench.abort.abort();
    return pending;
  }
  const SLOW = { measure: { boots: 4, warmup: 1, timeout: '30s' } };

  /** The same workspace in a new process: only the abort signal is new. */
  function again(): void {
    Object.assign(bench, { abort: new AbortController() });
    bench.progress.length = 0;
  }

  test.each(['trace', 'both'] as const)('goes on where it was with the method %s', async (method) => {
    probed(method);
    expect(await interruptedAt(4)).toMatchObject({ failure: { reason: 'interrupted' } });
    const before = parseSamples(readFileSync(resumed(), 'utf8'));
    expect(before).toHaveLength(3);
    again();
    expect(await measure(SOUND_FAKE, SLOW)).toMatchObject({ ok: true });
    expect(samples().slice(0, 3)).toEqual(before);
    expect(samples().map(({ boot }) => boot)).toEqual(samples().map((_, index) => index));
    expect(samples()).toHaveLength(method === 'trace' ? 5 : 15);
  });

  test('does not go on with boots of another method', async () => {
    await interruptedAt(6);
    again();
    probed('trace');
    await measure(SOUND_FAKE, SLOW);
    expect(samples().map(({ method, session }) => [method, session])).toEqual(Array(5).fill(['trace', 1]));
  });

  test('goes on where it was: no boot twice, none missing', async () => {
    expect(await interruptedAt(6)).toMatchObject({ ok: false, failure: { reason: 'interrupted' } });
    expect(parseSamples(readFileSync(resumed(), 'utf8'))).toHaveLength(5);
    again();
    expect(await measure(SOUND_FAKE, SLOW)).toMatchObject({ ok: true });
    expect(samples().map(({ boot }) => boot)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(samples().map(({ session }) => session)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(bench.progress[0]).toMatchObject({ done: 6, total: 10, unit: 'boots' });
  });

  test('loses a torn last line only', async () => {
    await interruptedAt(4);
    appendFileSync(resumed(), '{"boot":3,"outc');
    again();
    expect(await measure(SOUND_FAKE, SLOW)).toMatchObject({ ok: true });
    expect(samples()).toHaveLength(10);
  });

  test('begins again with --clean', async () => {
    await interruptedAt(4);
    again();
    bench.clean = true;
    await measure(SOUND_FAKE, SLOW);
    expect(samples().every(({ session }) => session === 1)).toBe(true);
  });

  test('does not believe samples of another plan', async () => {
    await interruptedAt(6);
    again();
    const other = { measure: { ...SLOW.measure, seed: 3 } };
    await measure(SOUND_FAKE, other);
    expect(samples().every(({ session }) => session === 1)).toBe(true);
    expect(samples()).toHaveLength(10);
  });
});

test('the samples can be followed in the folder of the run while it measures', async () => {
  await measure(SOUND_FAKE);
  expect(statSync(shown()).ino).toBe(statSync(resumed()).ino);
  expect(readFileSync(shown(), 'utf8')).toBe(readFileSync(bench.path('measure', 'samples'), 'utf8'));
  rmSync(shown());
});

test('progress tells the running medians', async () => {
  await measure(SOUND_FAKE);
  expect(bench.progress.at(-1)).toMatchObject({ done: 6, total: 6, unit: 'boots' });
  expect(bench.progress.at(-1)?.note).toMatch(/^firmware [\d.]+ ms, kernel [\d.]+ ms$/);
});

test('labels and phases for people make no measurement stale', () => {
  const recipe = guestRecipe();
  const relabelled = {
    ...recipe,
    phases: [],
    points: recipe.points.map((point) => ({ ...point, label: `now ${point.name}` })),
  };
  expect(measureStep({ recipe: relabelled }).inputs).toEqual(measureStep({ recipe }).inputs);
});

test('a hypervisor that is gone from the PATH is named', async () => {
  const recipe = guestRecipe({ hypervisor: 'qemu-system-nowhere' });
  expect(await bench.run(measureStep({ recipe }))).toEqual({
    ok: false,
    failure: { reason: 'hypervisor-unfit', binary: 'qemu-system-nowhere', detail: 'it is not on the PATH' },
  });
});

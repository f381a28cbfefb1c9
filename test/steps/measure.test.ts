import { appendFileSync, existsSync, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import type { Result } from '../../src/core/result.js';
import { bootPlan, type MeasuringMethod } from '../../src/measure/boot-plan.js';
import type { MeasurementRecord } from '../../src/measure/measurement-record.js';
import { parseSamples, type Sample } from '../../src/measure/samples.js';
import type { Recipe } from '../../src/recipe/schema.js';
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
  const PATIENT = { measure: { timeout: '1500ms', 'max-failed': 0.5 } };

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

describe('the samples in the folder of the run', () => {
  test('can be followed while it measures', async () => {
    const pending = measure(`[ $boot != 4 ] || { echo > ${fakes}/hanging; exec sleep 30; }; ${SOUND_FAKE}`, {
      measure: { timeout: '30s' },
    });
    while (!existsSync(join(fakes, 'hanging'))) {
      await pause(10);
    }
    expect(statSync(shown()).ino).toBe(statSync(resumed()).ino);
    expect(parseSamples(readFileSync(shown(), 'utf8'))).toHaveLength(3);
    bench.abort.abort();
    await pending;
  });

  test('are those of that run, whatever is booted later', async () => {
    await measure(SOUND_FAKE);
    const before = readFileSync(shown(), 'utf8');
    expect(before).toBe(readFileSync(bench.path('measure', 'samples'), 'utf8'));
    appendFileSync(resumed(), 'later\n');
    expect(readFileSync(shown(), 'utf8')).toBe(before);
  });
});

describe('boots that are there already', () => {
  const boots = (count: number): GuestRecipeChanges => ({ measure: { boots: count, warmup: 1 } });
  const started = (): number => readFileSync(join(fakes, 'boots'), 'utf8').length;

  test('are added to when more are asked for, in the order that they would have had in one go', async () => {
    await measure(SOUND_FAKE, boots(2));
    const first = samples();
    expect(await measure(SOUND_FAKE, boots(5))).toMatchObject({ ok: true });
    expect(started()).toBe(12);
    expect(samples().slice(0, 6)).toEqual(first);
    expect(samples().map(({ session }) => session)).toEqual([...Array<number>(6).fill(1), ...Array<number>(6).fill(2)]);
    const plan = bootPlan({ method: 'exit', points: ['firmware', 'kernel'], boots: 5, warmup: 1, seed: 1 });
    expect(samples().map(({ boot, block, point }) => [boot, block, point])).toEqual(
      plan.map(({ boot, block, point }) => [boot, block, point]),
    );
    expect(bench.notices).toEqual([
      { level: 'info', text: '6 boots are there from before (2 of the warm-up), 6 are made now' },
    ]);
    expect(bench.progress.at(-1)).toMatchObject({ done: 12, total: 12 });
  });

  test('are named by session, each with what the host was like then', async () => {
    await measure(SOUND_FAKE, boots(2));
    await measure(SOUND_FAKE, boots(3));
    const record = JSON.parse(readFileSync(bench.path('measure', 'measurement'), 'utf8')) as MeasurementRecord;
    expect(record.sessions).toBe(2);
    expect(record.sessionList).toMatchObject([
      { session: 1, boots: 6, firstBootAt: record.firstBootAt },
      { session: 2, boots: 2, lastBootAt: record.lastBootAt },
    ]);
    expect(record.sessionList?.map(({ load }) => load?.length)).toEqual([3, 3]);
  });

  test('keep the host of their beginning in the record', async () => {
    await measure(SOUND_FAKE, boots(2));
    const sessions = resumed('sessions.ndjson');
    const [line = ''] = readFileSync(sessions, 'utf8').split('\n');
    const { host } = JSON.parse(line) as { host: object };
    writeFileSync(sessions, `${JSON.stringify({ session: 1, host: { ...host, load: [7, 7, 7] } })}\n`);
    await measure(SOUND_FAKE, boots(3));
    const record = JSON.parse(readFileSync(bench.path('measure', 'measurement'), 'utf8')) as MeasurementRecord;
    expect(record.host.load).toEqual([7, 7, 7]);
    expect(record.sessionList?.[0]?.load).toEqual([7, 7, 7]);
    expect(record.sessionList?.[1]?.load).not.toEqual([7, 7, 7]);
  });

  test('are enough when fewer are asked for: the first of them are taken, and no boot is made', async () => {
    await measure(SOUND_FAKE, boots(5));
    const all = samples();
    expect(await measure('exit 99', boots(2))).toMatchObject({ ok: true });
    expect(started()).toBe(12);
    expect(samples()).toEqual(all.slice(0, 6));
    expect(parseSamples(readFileSync(shown(), 'utf8'))).toEqual(all.slice(0, 6));
    expect(await measure('exit 99', boots(5))).toMatchObject({ ok: true });
    expect(samples()).toEqual(all);
  });

  test('do not count where the user forces a new measurement, which goes on by force after a kill', async () => {
    await measure(SOUND_FAKE, boots(2));
    bench.forced = true;
    const pending = measure(`[ $boot != 10 ] || { echo > ${fakes}/hanging; exec sleep 30; }; ${SOUND_FAKE}`, {
      measure: { boots: 2, warmup: 1, timeout: '30s' },
    });
    while (!existsSync(join(fakes, 'hanging'))) {
      await pause(10);
    }
    bench.abort.abort();
    await pending;
    expect(parseSamples(readFileSync(resumed(), 'utf8')).map(({ session }) => session)).toEqual([1, 1, 1]);
    Object.assign(bench, { abort: new AbortController() });
    await measure(SOUND_FAKE, boots(2));
    expect(samples().map(({ session }) => session)).toEqual([1, 1, 1, 2, 2, 2]);
    await measure(SOUND_FAKE, boots(2));
    expect(samples().map(({ session }) => session)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('of the run that was killed are not added to in its folder', async () => {
    const pending = measure(`[ $boot != 4 ] || { echo > ${fakes}/hanging; exec sleep 30; }; ${SOUND_FAKE}`, {
      measure: { timeout: '30s' },
    });
    while (!existsSync(join(fakes, 'hanging'))) {
      await pause(10);
    }
    bench.abort.abort();
    await pending;
    const killed = join(bench.folder, 'killed.ndjson');
    linkSync(shown(), killed);
    Object.assign(bench, { abort: new AbortController() });
    await measure(SOUND_FAKE, { measure: { timeout: '30s' } });
    expect(parseSamples(readFileSync(killed, 'utf8'))).toHaveLength(3);
    expect(samples()).toHaveLength(6);
  });

  test('serve every number of boots, and only the same machine, points, seed and share of boots', () => {
    const series = (changes: GuestRecipeChanges): unknown => measureStep({ recipe: guestRecipe(changes) }).series;
    const plain = series({});
    for (const measure of [{ boots: 50 }, { until: '1%' }, { for: '60s', 'max-boots': 7 }, { 'max-failed': 0.5 }]) {
      expect(series({ measure })).toEqual(plain);
    }
    for (const measure of [{ seed: 2 }, { warmup: 0 }, { timeout: '9s' }, { pin: { vm: 1 } }]) {
      expect(series({ measure })).not.toEqual(plain);
    }
    expect(series({ machine: { memory: 128 } })).not.toEqual(plain);
    const few = (own: number, boots: number): unknown =>
      series({ points: [{ name: 'one', port: 1, value: 1, boots: own }], measure: { boots } });
    expect(few(5, 20)).toEqual(few(10, 40));
    expect(few(5, 20)).not.toEqual(few(5, 40));
  });
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

describe('a recipe with a matrix', () => {
  const MATRIX = { memory: [64, 128], cpus: [1, 2] };
  const NAMES = ['memory=64 cpus=1', 'memory=64 cpus=2', 'memory=128 cpus=1', 'memory=128 cpus=2'];

  function matrixRecipe(body: string, changes: GuestRecipeChanges = {}): Recipe {
    const hypervisor = fakeHypervisor(fakes, body);
    return { ...guestRecipe({ hypervisor, points: TWO_POINTS, ...changes }), matrix: MATRIX };
  }

  function probedEach(methods: readonly MeasuringMethod[]): void {
    const record = (method: MeasuringMethod): object => ({ method, accelerator: 'tcg', machine: 'pc' });
    const cells = Object.fromEntries(NAMES.map((name, index) => [name, record(methods[index] ?? 'exit')]));
    writeFileSync(bench.path('probe', 'probe'), JSON.stringify({ ...record(methods[0] ?? 'exit'), cells }));
  }

  test('boots each of its machines in every block, and says of each boot which it was', async () => {
    probedEach(['trace', 'trace', 'trace', 'trace']);
    const recipe = matrixRecipe(SOUND_FAKE, { measure: { boots: 3, warmup: 1 } });
    expect(await bench.run(measureStep({ recipe }))).toMatchObject({ ok: true });
    expect(samples()).toHaveLength(16);
    for (const block of [0, 1, 2, 3]) {
      const cells = samples().flatMap((sample) => (sample.block === block ? [sample.cell] : []));
      expect([...cells].sort()).toEqual([...NAMES].sort());
    }
    const orders = [0, 1, 2, 3].map((block) =>
      samples()
        .filter((sample) => sample.block === block)
        .map(({ cell }) => cell)
        .join(),
    );
    expect(new Set(orders).size).toBeGreaterThan(1);
    const record = JSON.parse(readFileSync(bench.path('measure', 'measurement'), 'utf8')) as MeasurementRecord;
    expect(record).toMatchObject({ memoryMib: 64, processors: 1, method: 'trace' });
    expect(
      record.cells?.map(({ name, memoryMib, processors, method }) => [name, memoryMib, processors, method]),
    ).toEqual(NAMES.map((name, index) => [name, index < 2 ? 64 : 128, (index % 2) + 1, 'trace']));
  });

  test('starts each boot with the memory and the processors of its machine', async () => {
    probedEach(['exit', 'exit', 'exit', 'exit']);
    const recipe = matrixRecipe(`echo "$memory $cpus" >> ${fakes}/machines; ${SOUND_FAKE}`, {
      measure: { boots: 2, warmup: 0 },
    });
    expect(await bench.run(measureStep({ recipe }))).toMatchObject({ ok: true });
    const started = readFileSync(join(fakes, 'machines'), 'utf8').trim().split('\n');
    const wanted = samples().map(({ cell = '' }) => cell.replace(/memory=(\d+) cpus=(\d+)/, '$1 $2'));
    expect(started).toEqual(wanted);
    expect(started).toHaveLength(16);
  });

  test('is measured by the method that all of its machines have', async () => {
    probedEach(['trace', 'exit', 'trace', 'trace']);
    const recipe = matrixRecipe(SOUND_FAKE, { measure: { boots: 2, warmup: 0 } });
    expect(await bench.run(measureStep({ recipe }))).toMatchObject({ ok: true });
    expect(samples().every(({ method }) => method === 'exit')).toBe(true);
  });

  test('of which one machine fails says which', async () => {
    probedEach(['trace', 'trace', 'trace', 'trace']);
    const recipe = matrixRecipe(`[ "$memory $cpus" != "128 2" ] || exit 0; ${SOUND_FAKE}`, {
      measure: { boots: 2, warmup: 0, 'max-failed': 0.5 },
    });
    const result = await bench.run(measureStep({ recipe }));
    expect(result).toMatchObject({
      failure: {
        reason: 'boots-failed',
        points: [{ cell: 'memory=128 cpus=2', point: 'kernel', failed: 2, boots: 2 }],
      },
    });
    expect(bench.notices.map(({ text }) => text).join()).toContain('with memory=128 cpus=2');
  });

  test('goes on after a kill with the boots of each machine that are missing', async () => {
    probedEach(['trace', 'trace', 'trace', 'trace']);
    const hang = `[ $boot != 6 ] || { echo > ${fakes}/hanging; exec sleep 30; }; ${SOUND_FAKE}`;
    const measured = { measure: { boots: 3, warmup: 0, timeout: '30s' } };
    const pending = bench.run(measureStep({ recipe: matrixRecipe(hang, measured) }));
    while (!existsSync(join(fakes, 'hanging'))) {
      await pause(10);
    }
    bench.abort.abort();
    expect(await pending).toMatchObject({ failure: { reason: 'interrupted' } });
    Object.assign(bench, { abort: new AbortController() });
    expect(await bench.run(measureStep({ recipe: matrixRecipe(SOUND_FAKE, measured) }))).toMatchObject({ ok: true });
    expect(samples().map(({ boot }) => boot)).toEqual(samples().map((_, index) => index));
    expect(samples().map(({ session }) => session)).toEqual([...Array<number>(5).fill(1), ...Array<number>(7).fill(2)]);
    for (const name of NAMES) {
      expect(samples().filter(({ cell }) => cell === name)).toHaveLength(3);
    }
  });
});

import { expect, test } from 'vitest';
import { summarise } from '../../src/report/summary.js';
import { knownRecord, knownSamples } from '../rig/vm-summary.js';
import { guestRecipe } from '../rig/vm-step.js';

const recipe = guestRecipe();

test('the figures are those of the boots that count, without warm-up', () => {
  const { points } = summarise(recipe, knownRecord(), knownSamples());
  expect(points[0]).toMatchObject({ name: 'firmware', port: 0xf5, value: 1, failed: 0 });
  expect(points[0]?.statistics).toMatchObject({ n: 4, min: 49e6, median: 50.5e6, max: 52e6 });
});

test('the phases are differences of the medians', () => {
  const { phases } = summarise(recipe, knownRecord(), knownSamples());
  expect(phases.map(({ name, median }) => [name, median])).toEqual([
    ['tQEMU', 50.5e6],
    ['tFW', 7e6],
    ['tKernel', 1795e6],
  ]);
});

test('every median has its interval, and the same samples give the same one', () => {
  const { points, phases } = summarise(recipe, knownRecord(), knownSamples());
  for (const { statistics } of points) {
    expect(statistics?.interval.low).toBeLessThan(statistics?.median ?? 0);
    expect(statistics?.interval.high).toBeGreaterThan(statistics?.median ?? Infinity);
    expect(statistics?.outliers).toBe(0);
  }
  expect(phases.every(({ interval }) => interval !== undefined)).toBe(true);
  expect(summarise(recipe, knownRecord(), knownSamples())).toEqual(summarise(recipe, knownRecord(), knownSamples()));
});

test('with both methods the figures are of traced boots, the others stand beside them, and how far they are apart', () => {
  const summary = summarise(recipe, knownRecord('both'), knownSamples({}, 'both'));
  expect(summary.measured.method).toBe('both');
  expect(summary.points[0]?.statistics?.median).toBe(40.5e6);
  expect(summary.other).toMatchObject({ method: 'exit', boots: 12 });
  expect(summary.other?.points[0]?.statistics?.median).toBe(50.5e6);
  expect(summary.apart?.map(({ phase, difference }) => [phase, difference])).toEqual([
    ['tQEMU', 10e6],
    ['tFW', 0],
    ['tKernel', 0],
  ]);
  expect(summarise(recipe, knownRecord(), knownSamples())).not.toHaveProperty('other');
});

test('a traced boot that failed has failed at every point', () => {
  const { points, boots } = summarise(recipe, knownRecord('trace'), knownSamples({ 2: 'hung' }, 'trace'));
  expect(points.map(({ failed, statistics }) => [failed, statistics?.n])).toEqual([
    [1, 3],
    [1, 3],
    [1, 3],
  ]);
  expect(boots).toMatchObject({ counted: 4, failed: 1 });
});

test('failed boots are counted by kind, at their point, and warm-up boots apart', () => {
  const samples = knownSamples({ 0: 'hung', 4: 'panicked', 5: 'hung' });
  const { boots, points } = summarise(recipe, knownRecord(), samples);
  expect(boots).toEqual({ counted: 12, failed: 2, warmup: 3, warmupFailed: 1, outcomes: { hung: 1, panicked: 1 } });
  expect(points.reduce((sum, { failed }) => sum + failed, 0)).toBe(2);
  expect(points.reduce((sum, { statistics }) => sum + (statistics?.n ?? 0), 0)).toBe(10);
});

test('it says of what the figures are: machine, seed, digests and time', () => {
  expect(summarise(recipe, knownRecord(), knownSamples())).toMatchObject({
    schemaVersion: 2,
    unit: 'ns',
    machine: { accelerator: 'tcg', reason: 'kvm-hangs', type: 'pc', memoryMib: 512, processors: 1 },
    measured: { method: 'exit', seed: 1, lastBootAt: '2026-01-02T03:05:05.000Z' },
    inputs: { kernel: 'a'.repeat(64) },
  });
});

test('it tells which CPU model was booted with, and which could not be had', () => {
  const record = knownRecord();
  const cpuRefused = { model: 'host', detail: 'failed to set MSR 0x10a' };
  const probe = { ...record.probe, cpu: 'qemu64', cpuRefused };
  const { machine } = summarise(recipe, { ...record, probe }, knownSamples());
  expect(machine).toMatchObject({ cpu: 'qemu64', cpuRefused });
});

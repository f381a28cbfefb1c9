import { expect, test } from 'vitest';
import { calibratedRows, differenceSeen, type CalibratedRow } from '../../src/measure/calibration.js';
import type { Arm } from '../../src/measure/comparison/arm.js';
import { compareArms } from '../../src/measure/comparison/compare.js';
import type { Sample } from '../../src/measure/samples.js';
import { drawer } from '../rig/drawn.js';
import { knownSamples } from '../rig/vm-summary.js';

const { normal } = drawer(4);
const [traced = expect.fail()] = knownSamples({}, 'trace');
const [ended = expect.fail()] = knownSamples({}, 'exit');
const POINTS = [{ name: 'kernel' }, { name: 'user-space' }];
const PHASES = [
  { name: 'tEarly', to: 'kernel' },
  { name: 'tKernel', from: 'kernel', to: 'user-space' },
];

/** Boots to `kernel` at 50 ms and to `user-space` at 1000 ms, times `slower`; both vary by `noise` of themselves. */
function side(n: number, noise: number, slower = 1): Arm {
  const samples = Array.from({ length: n }, (_, boot): Sample => {
    const ns = (ms: number): string => String(Math.round(ms * 1e6 * slower * (1 + noise * normal())));
    return { ...traced, warmup: false, boot, markersNs: { kernel: ns(50), 'user-space': ns(1000) } };
  });
  return { method: 'trace', points: POINTS, phases: PHASES, samples };
}

/** The same, where each boot ends at one of the points. */
function endedSide(n: number, noise: number): Arm {
  const samples = side(n, noise).samples.flatMap((sample) =>
    POINTS.map(({ name }): Sample => {
      return { ...ended, warmup: false, point: name, elapsedNs: sample.markersNs?.[name] ?? '' };
    }),
  );
  return { method: 'exit', points: POINTS, phases: PHASES, samples };
}

function calibrated(a: Arm, b: Arm): CalibratedRow[] {
  const comparison = compareArms(a, b, { threshold: { value: 1, unit: '%' }, seed: 1 });
  return calibratedRows(comparison, { ...a, samples: [...a.samples, ...b.samples] }, 1);
}

test('has the whole boot first, then the phases, each with its noise and the shift that it has from itself', () => {
  const rows = calibrated(side(40, 0.02), side(40, 0.02));
  expect(rows.map(({ kind, name }) => [kind, name])).toEqual([
    ['total', 'user-space'],
    ['phase', 'tEarly'],
    ['phase', 'tKernel'],
  ]);
  const [total] = rows;
  expect(total?.n).toBe(80);
  expect(total?.noise).toBeGreaterThan(0.017);
  expect(total?.noise).toBeLessThan(0.025);
  expect(total?.holdsZero).toBe(true);
});

test('more boots see less, and the boots that a difference takes see just that', () => {
  const [total = expect.fail()] = calibrated(side(40, 0.02), side(40, 0.02));
  const seen = total.sees.map(({ difference }) => difference);
  expect([...seen].sort((a, b) => b - a)).toEqual(seen);
  for (const { difference, boots } of total.needs.filter(({ boots: n }) => n > 10)) {
    expect(differenceSeen(total, boots)).toBeLessThanOrEqual(difference);
    expect(differenceSeen(total, boots - 1)).toBeGreaterThan(difference);
  }
});

test('where each boot ends at a point, a phase between two points takes more boots than its own noise would', () => {
  const rows = calibrated(endedSide(100, 0.02), endedSide(100, 0.02));
  const kernel = rows.find(({ name }) => name === 'tKernel') ?? expect.fail();
  // Medians vary by 1.25 times what means do.
  expect(kernel.noise).toBeGreaterThan(0.024);
  expect(kernel.noise).toBeLessThan(0.05);
  expect(kernel.p).toBeUndefined();
});

test('two sides that are not the same are found out', () => {
  const [total = expect.fail()] = calibrated(side(40, 0.02), side(40, 0.02, 1.05));
  expect(total.holdsZero).toBe(false);
  expect(total.chance).toBeLessThan(0.001);
});

test('of too few boots there is nothing to say', () => {
  expect(calibrated(side(9, 0.02), side(9, 0.02))).toEqual([]);
});

test('a phase that lasts no time has no shares', () => {
  const none = side(20, 0.02);
  const samples = none.samples.map((sample) => ({ ...sample, markersNs: { kernel: '50', 'user-space': '50' } }));
  const rows = calibrated({ ...none, samples }, { ...none, samples });
  const kernel = rows.find(({ name }) => name === 'tKernel') ?? expect.fail();
  expect(kernel).toMatchObject({ median: 0, sees: [], needs: [] });
  expect(kernel.noise).toBeUndefined();
});

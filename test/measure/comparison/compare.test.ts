import { describe, expect, test } from 'vitest';
import type { Arm } from '../../../src/measure/comparison/arm.js';
import { compareArms, rowOf, type Comparison, type ComparedRow } from '../../../src/measure/comparison/compare.js';
import { samplesOf, type Truth } from '../../rig/measured.js';

const PHASES = [
  { name: 'tQEMU', to: 'firmware' },
  { name: 'tFW', from: 'firmware', to: 'kernel' },
  { name: 'tKernel', from: 'kernel', to: 'user-space' },
];
const POINTS = [{ name: 'firmware' }, { name: 'kernel' }, { name: 'user-space' }];
const ONE_PERCENT = { value: 1, unit: '%' } as const;

function arm(truth: Truth = {}, changes: Partial<Arm> = {}): Arm {
  const method = truth.method === 'exit' ? 'exit' : 'trace';
  return { method, points: POINTS, phases: PHASES, samples: samplesOf(truth), ...changes };
}

function compare(a: Arm, b: Arm): Comparison {
  return compareArms(a, b, { threshold: ONE_PERCENT, seed: 1 });
}

function row(comparison: Comparison, name: string): ComparedRow {
  const found = rowOf(comparison, name);
  if (found === undefined) {
    throw new Error(`there is no row ${name}`);
  }
  return found;
}

const SLOWER = { seed: 2, milliseconds: { 'user-space': 1942.5 } };

describe.each(['trace', 'exit'] as const)('by the method %s', (method) => {
  const comparison = compare(arm({ method }), arm({ ...SLOWER, method }));

  test('a kernel that takes 5 % longer is found, in its phase and in the whole boot, and nowhere else', () => {
    expect(comparison.rows.filter(({ verdict }) => verdict === 'slower').map(({ name }) => name)).toEqual([
      'tKernel',
      'user-space',
    ]);
    const { percent, interval, shift } = row(comparison, 'tKernel');
    expect(percent?.shift).toBeGreaterThan(4);
    expect(percent?.shift).toBeLessThan(6.5);
    expect(interval.low).toBeLessThan(92.5e6);
    expect(interval.high).toBeGreaterThan(92.5e6);
    expect(shift).toBeGreaterThan(interval.low);
    expect(comparison.total).toBe('user-space');
    expect(row(comparison, 'total')).toBe(row(comparison, 'user-space'));
  });

  test('and seen from the other side it is faster', () => {
    const mirrored = compare(arm({ ...SLOWER, method }), arm({ method }));
    expect(row(mirrored, 'tKernel').verdict).toBe('faster');
    expect(row(mirrored, 'tKernel').shift).toBeCloseTo(-row(comparison, 'tKernel').shift, 3);
  });

  test('a measurement does not differ from itself, however much its boots vary', () => {
    const noisy = arm({ method, noise: 0.5, boots: 6 });
    for (const { verdict, shift, p } of compare(noisy, noisy).rows) {
      expect({ verdict, shift: Math.abs(shift) }).toEqual({ verdict: 'no difference', shift: 0 });
      expect(p ?? 1).toBe(1);
    }
  });
});

test('a phase of traced boots has a value of each boot, and so ranks; one of exits has medians alone, and so no p', () => {
  const [traced, exits] = [compare(arm(), arm({ seed: 2 })), compare(arm({ method: 'exit' }), arm({ method: 'exit' }))];
  expect(row(traced, 'tKernel')).toMatchObject({ estimator: 'hodges-lehmann', p: expect.any(Number) as number });
  expect(row(exits, 'tKernel')).toMatchObject({ estimator: 'medians' });
  expect(row(exits, 'tKernel')).not.toHaveProperty('p');
  // Up to its end, the first phase is a boot.
  expect(row(exits, 'tQEMU')).toMatchObject({ estimator: 'hodges-lehmann', p: expect.any(Number) as number });
});

test.each([
  ['trace', 400, 20],
  // Few, because each bootstraps; of so few, ten in a hundred are chance.
  ['exit', 60, 6],
] as const)('comparisons of a machine with itself by %s hardly ever call a difference', (method, trials, most) => {
  const kernel = { phases: PHASES.slice(2), points: [] };
  let called = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const truth = { method, noise: 0.2 };
    const [a, b] = [arm({ ...truth, seed: 2 * trial + 1 }, kernel), arm({ ...truth, seed: 2 * trial + 2 }, kernel)];
    const { verdict } = row(compare(a, b), 'tKernel');
    called += verdict === 'slower' || verdict === 'faster' ? 1 : 0;
  }
  expect(called).toBeLessThanOrEqual(most);
});

test('too few boots conclude nothing, even where every boot of B is slower', () => {
  const comparison = compare(arm({ boots: 3 }), arm({ ...SLOWER, boots: 3 }));
  expect(row(comparison, 'tKernel')).toMatchObject({ enough: false, verdict: 'inconclusive' });
  expect(row(compare(arm({ boots: 4 }), arm({ ...SLOWER, boots: 4 })), 'tKernel').verdict).toBe('slower');
});

test('a difference below the threshold is none, and with a finer threshold it is one', () => {
  const [a, b] = [arm({ noise: 0.001 }), arm({ noise: 0.001, seed: 2, milliseconds: { 'user-space': 1860 } })];
  expect(row(compare(a, b), 'user-space').verdict).toBe('no difference');
  const finer = compareArms(a, b, { threshold: { value: 2e6, unit: 'ns' }, seed: 1 });
  expect(row(finer, 'user-space').verdict).toBe('slower');
});

test('what only one of them has is named and not compared', () => {
  const b = arm({}, { phases: [...PHASES.slice(0, 2), { name: 'tKernel', from: 'firmware', to: 'user-space' }] });
  const comparison = compare(arm(), { ...b, points: POINTS.slice(0, 2) });
  expect(comparison.rows.map(({ name }) => name)).toEqual(['tQEMU', 'tFW', 'firmware', 'kernel']);
  expect(comparison.unmatched).toEqual({ a: ['tKernel', 'user-space'], b: ['tKernel'] });
  expect(comparison.total).toBe('kernel');
});

test('a phase that lasts less than nothing has a shift, and no percent of it', () => {
  const upsideDown = { method: 'exit', milliseconds: { kernel: 40 } } as const;
  const { percent, shift, interval } = row(compare(arm(upsideDown), arm({ ...upsideDown, seed: 2 })), 'tFW');
  expect(percent).toBeUndefined();
  expect(Number.isFinite(shift + interval.low + interval.high)).toBe(true);
});

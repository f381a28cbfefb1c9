import { expect, test } from 'vitest';
import { methodsApart, phaseDurations } from '../../src/measure/phases.js';
import type { Sample } from '../../src/measure/samples.js';
import { knownSamples, TEARDOWN_MILLISECONDS } from '../rig/vm-summary.js';

const PHASES = [
  { name: 'tQEMU', to: 'firmware' },
  { name: 'tFW', from: 'firmware', to: 'kernel', label: 'firmware' },
  { name: 'tKernel', from: 'kernel', to: 'user-space' },
  { name: 'start', from: 'kernel', to: 'user-space', in: 'tKernel' },
];

function phases(method: 'exit' | 'trace', samples: readonly Sample[] = knownSamples({}, method)) {
  return phaseDurations(PHASES, { samples, method, seed: 1 });
}

test('of boots that end at a point, a phase is the difference of the medians of its points', () => {
  expect(phases('exit').map(({ name, median }) => [name, median])).toEqual([
    ['tQEMU', 50.5e6],
    ['tFW', 7e6],
    ['tKernel', 1795e6],
    ['start', 1795e6],
  ]);
});

test('of traced boots, a phase is the median of what it took in each: what the boots vary by as a whole is not in it', () => {
  const [, firmware] = phases('trace');
  expect(firmware).toMatchObject({ label: 'firmware', from: 'firmware', to: 'kernel', median: 7e6 });
  expect(firmware?.interval).toEqual({ low: 7e6, high: 7e6 });
  // The same boots, ending at one point each: the four of a point are 3 ms apart.
  const { low, high } = phases('exit')[1]?.interval ?? expect.fail();
  expect(high - low).toBeGreaterThan(2e6);
});

test('every interval holds its median', () => {
  for (const { median, interval } of [...phases('exit'), ...phases('trace')]) {
    expect(interval?.low).toBeLessThanOrEqual(median ?? Number.NaN);
    expect(interval?.high).toBeGreaterThanOrEqual(median ?? Number.NaN);
  }
});

test('a part knows of which phase it is one', () => {
  expect(phases('exit')[3]).toMatchObject({ name: 'start', in: 'tKernel' });
  expect(phases('exit')[2]).not.toHaveProperty('in');
});

test('a negative difference is shown, because it says that the boots vary more than the phase lasts', () => {
  const swapped = [{ name: 'tFW', from: 'kernel', to: 'firmware' }];
  const request = { samples: knownSamples(), method: 'exit', seed: 1 } as const;
  expect(phaseDurations(swapped, request)[0]).toMatchObject({ median: -7e6 });
});

test('a phase whose point was never reached has no figure', () => {
  const samples = knownSamples().filter(({ point }) => point !== 'user-space');
  expect(phases('exit', samples)[2]).not.toHaveProperty('median');
  expect(phases('exit', samples)[2]).not.toHaveProperty('interval');
});

test('the two methods are apart by the end of the process in the first phase, and in no other', () => {
  const [first, ...rest] = methodsApart(PHASES, { samples: knownSamples({}, 'both'), seed: 1 });
  expect(first).toMatchObject({ phase: 'tQEMU', difference: TEARDOWN_MILLISECONDS * 1e6 });
  expect(first?.interval.low).toBeGreaterThan(0);
  for (const { difference, interval } of rest) {
    expect(difference).toBe(0);
    expect(interval.low).toBeLessThan(0);
    expect(interval.high).toBeGreaterThan(0);
  }
});

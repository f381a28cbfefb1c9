import { expect, test } from 'vitest';
import { phaseDurations } from '../../src/measure/phases.js';

const PHASES = [
  { name: 'tQEMU', to: 'firmware' },
  { name: 'tFW', from: 'firmware', to: 'kernel', label: 'firmware' },
  { name: 'tKernel', from: 'kernel', to: 'user-space' },
];

test('a phase is the difference of the medians of its points', () => {
  expect(phaseDurations(PHASES, { firmware: 40, kernel: 55, 'user-space': 300 })).toEqual([
    { name: 'tQEMU', to: 'firmware', median: 40 },
    { name: 'tFW', from: 'firmware', to: 'kernel', label: 'firmware', median: 15 },
    { name: 'tKernel', from: 'kernel', to: 'user-space', median: 245 },
  ]);
});

test('a negative difference is shown, because it says that the boots vary more than the phase lasts', () => {
  expect(phaseDurations(PHASES, { firmware: 50, kernel: 45, 'user-space': 300 })[1]).toMatchObject({ median: -5 });
});

test('a phase whose point was never reached has no figure', () => {
  expect(phaseDurations(PHASES, { firmware: 50, kernel: 60 })[2]).not.toHaveProperty('median');
});

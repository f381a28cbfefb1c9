import { expect, test } from 'vitest';
import { readSummary } from '../../src/report/read-summary.js';
import type { Summary } from '../../src/report/summary.js';
import { measuredMatrix } from '../rig/matrix-measured.js';
import { sideOf } from '../rig/measured.js';

const { summary } = sideOf();

/** What is said of the summary with other values in it. */
function saidOf(change: object): Summary | string {
  return readSummary(JSON.stringify({ ...summary, ...change }));
}

test('what a run writes is read, with every method, with a matrix, and with keys of a later version', () => {
  expect(saidOf({})).toEqual(JSON.parse(JSON.stringify(summary)));
  const { summary: both } = sideOf({ method: 'both' });
  const { summary: cells } = measuredMatrix({ memory: [128, 256] });
  expect([both, cells].map((each) => readSummary(JSON.stringify(each)))).toEqual([
    expect.objectContaining({ schemaVersion: 2 }),
    expect.objectContaining({ schemaVersion: 2 }),
  ]);
  expect(saidOf({ later: 1 })).toMatchObject({ later: 1 });
});

test.each([
  [{ machine: { ...summary.machine, arguments: undefined } }, 'it has no machine.arguments'],
  [{ measured: { ...summary.measured, scheduling: undefined } }, 'it has no measured.scheduling'],
  [{ warnings: undefined }, 'it has no warnings'],
  [{ host: null }, 'host is null and should be an object'],
  [{ points: {} }, 'points is an object and should be a list'],
  [{ points: [summary.points[0], { name: 'kernel' }] }, 'it has no points[1].port'],
  [{ phases: [{ name: 'tQEMU', to: 5 }] }, 'phases[0].to is a number and should be a text'],
  [
    { phases: [{ name: 'tQEMU', to: 'firmware', interval: [1, 2] }] },
    'phases[0].interval is a list and should be an object',
  ],
])('a summary that is not as it is documented is refused with the key: %j', (change, complaint) => {
  expect(saidOf(change)).toBe(complaint);
});

test('a warning of a later version, for which there are no words here, is left out', () => {
  const warnings = [{ kind: 'moon-phase' }, { kind: 'turbo' }];
  expect(saidOf({ warnings })).toMatchObject({ warnings: [{ kind: 'turbo' }] });
});

test('texts of a foreign summary cannot steer a terminal', () => {
  const recipe = { name: 'stock', description: 'a\u001b[2Jb\tc\nd\u009be' };
  expect(saidOf({ recipe })).toMatchObject({ recipe: { description: 'a\ufffd[2Jb\tc\nd\ufffde' } });
});

import { expect, test } from 'vitest';
import { readSummary } from '../../src/report/read-summary.js';
import type { Summary } from '../../src/report/summary.js';
import { warningText } from '../../src/report/warning-text.js';
import type { Warning } from '../../src/report/warnings.js';
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

const WARNINGS: { readonly [K in Warning['kind']]: Extract<Warning, { kind: K }> } = {
  'busy-host': { kind: 'busy-host', load: 3, processors: 2 },
  drift: { kind: 'drift', point: 'init', correlation: 0.5, p: 0.001, change: 5, median: 9 },
  emulated: { kind: 'emulated', reason: 'kvm-missing' },
  'failed-boots': { kind: 'failed-boots', failed: 1, counted: 9, outcomes: { hung: 1 } },
  'failed-warmup': { kind: 'failed-warmup', failed: 1, boots: 2 },
  'few-boots': { kind: 'few-boots', point: 'init', n: 4, median: 9, width: 3, few: true, enough: 20 },
  'first-boots-slow': { kind: 'first-boots-slow', point: 'init', first: 4, difference: 5, median: 9, warmup: 6 },
  governor: { kind: 'governor', governor: 'powersave' },
  outliers: { kind: 'outliers', point: 'init', outliers: 3, n: 20 },
  'sessions-apart': { kind: 'sessions-apart', point: 'init', session: 2, sessions: 2, difference: 5, median: 9 },
  'sibling-busy': { kind: 'sibling-busy', processor: 1, siblings: [3], busy: 0.5 },
  'smt-unpinned': { kind: 'smt-unpinned', processors: 4, cores: 2 },
  'stolen-time': { kind: 'stolen-time', share: 0.1 },
  turbo: { kind: 'turbo' },
  'two-modes': {
    kind: 'two-modes',
    ...{ point: 'init', low: { median: 1, share: 0.4 }, high: { median: 2, share: 0.6 }, separation: 6 },
  },
};

test.each(Object.values(WARNINGS))(
  'a warning of each kind is read, and one that lacks a part has no words: $kind',
  (whole) => {
    expect(saidOf({ warnings: [whole] })).toMatchObject({ warnings: [whole] });
    for (const key of Object.keys(whole).filter((each) => each !== 'kind')) {
      const torn = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key)) as unknown as Warning;
      const read = saidOf({ warnings: [torn, { ...whole, [key]: null }] });
      const left = typeof read === 'string' ? expect.fail(read) : read.warnings;
      expect(() => left.map(warningText)).not.toThrow();
    }
  },
);

test('a reason that there are no words for is none of ours', () => {
  expect(saidOf({ warnings: [{ kind: 'emulated', reason: 'toString' }] })).toMatchObject({ warnings: [] });
});

test('texts of a foreign summary cannot steer a terminal', () => {
  const recipe = { name: 'stock', description: 'a\u001b[2Jb\tc\nd\u009be' };
  expect(saidOf({ recipe })).toMatchObject({ recipe: { description: 'a\ufffd[2Jb\tc\nd\ufffde' } });
});

import { describe, expect, test } from 'vitest';
import type { HostRecord } from '../../src/measure/host.js';
import type { SchedulingRecord } from '../../src/measure/measurement-record.js';
import type { Sample } from '../../src/measure/samples.js';
import { summarise, type Summary } from '../../src/report/summary.js';
import { warningText } from '../../src/report/warning-text.js';
import type { Warning } from '../../src/report/warnings.js';
import { drawer } from '../rig/drawn.js';
import { guestRecipe } from '../rig/vm-step.js';
import { knownRecord, knownSamples } from '../rig/vm-summary.js';

const { normal } = drawer(3);
const [pattern = expect.fail()] = knownSamples({}, 'trace').filter(({ warmup }) => !warmup);

/** Traced boots whose last point is at so many milliseconds. */
function boots(milliseconds: readonly number[]): Sample[] {
  return milliseconds.map((ms, boot) => ({
    ...pattern,
    boot,
    markersNs: { firmware: '40000000', kernel: '47000000', 'user-space': String(Math.round(ms * 1e6)) },
  }));
}

function steady(n: number, spread = 1): number[] {
  return Array.from({ length: n }, () => 1000 + spread * normal());
}

function summary(
  samples: readonly Sample[],
  host: Partial<HostRecord> = {},
  scheduling: Partial<SchedulingRecord> = {},
): Summary {
  const known = knownRecord('trace');
  const record = { ...known, scheduling: { ...known.scheduling, ...scheduling } };
  const probe = { ...record.probe, accelerator: 'kvm', reason: 'kvm-boots' } as const;
  return summarise(guestRecipe(), { ...record, probe, host: { ...record.host, ...host } }, samples);
}

function kinds(
  samples: readonly Sample[],
  host: Partial<HostRecord> = {},
  scheduling: Partial<SchedulingRecord> = {},
): Warning['kind'][] {
  return summary(samples, host, scheduling).warnings.map(({ kind }) => kind);
}

test('steady boots on a quiet host are not warned about', () => {
  expect(kinds(boots(steady(40)))).toEqual([]);
});

test('few boots, and boots that vary too much for their number', () => {
  expect(kinds(boots(steady(5)))).toEqual(['few-boots']);
  const [warning] = summary(boots(steady(20, 100))).warnings;
  expect(warning).toMatchObject({ kind: 'few-boots', few: false, n: 20 });
  expect(warning?.kind === 'few-boots' && warning.enough).toBeGreaterThan(20);
});

test('boots that grow slower, with by how much', () => {
  const [warning] = summary(boots(steady(30).map((ms, boot) => ms + 3 * boot))).warnings;
  expect(warning).toMatchObject({ kind: 'drift', point: 'user-space' });
  expect(warning?.kind === 'drift' && warning.change).toBeGreaterThan(50e6);
});

test('slow first boots are told as such, not as a drift', () => {
  const slow = steady(40).map((ms, boot) => (boot < 4 ? ms + 80 : ms));
  const [warning, ...rest] = summary(boots(slow)).warnings;
  expect(warning).toMatchObject({ kind: 'first-boots-slow', first: 4, warmup: 5 });
  expect(rest).toEqual([]);
});

test('two groups of boots', () => {
  const split = steady(60).map((ms, boot) => (boot % 3 === 0 ? ms + 50 : ms));
  expect(kinds(boots(split))).toContain('two-modes');
});

test('many outliers, and not the few that ten boots have by chance', () => {
  const disturbed = steady(60).map((ms, boot) => (boot % 4 === 3 ? ms + 20 * (boot % 5) + 12 : ms));
  expect(kinds(boots(disturbed))).toContain('outliers');
  const few = steady(12).map((ms, boot) => (boot % 6 === 5 ? ms + 20 * boot : ms));
  expect(summary(boots(few)).points.at(-1)?.statistics?.outliers).toBe(2);
  expect(kinds(boots(few))).not.toContain('outliers');
});

test('a busy host, where the figures suffer by it', () => {
  expect(kinds(boots(steady(40)), { load: [3, 0, 0] })).toEqual([]);
  expect(kinds(boots(steady(40, 40)), { load: [3, 0, 0] })).toEqual(['busy-host']);
  expect(kinds(boots(steady(40, 40)), { load: [0.2, 3, 3] })).toEqual([]);
});

test('what other programs had while boots were timed counts, not what ended before', () => {
  const activity = { seconds: 60, others: 0.1, stolen: 0 };
  expect(kinds(boots(steady(40, 40)), { load: [3, 0, 0], activity })).toEqual([]);
  expect(kinds(boots(steady(40, 40)), { load: [0, 0, 0], activity: { ...activity, others: 0.8 } })).toEqual([
    'busy-host',
  ]);
  expect(kinds(boots(steady(40, 40)), { activity: { ...activity, stolen: 0.04 } })).toEqual(['stolen-time']);
  expect(kinds(boots(steady(40)), { activity: { ...activity, others: 0.8, stolen: 0.04 } })).toEqual([]);
});

test('a core that the VM shares, where the figures suffer by it', () => {
  const smt = { smt: 'on', processors: 8, cores: 4 };
  const sharing = (busy: number): Partial<HostRecord> => ({
    ...smt,
    activity: { seconds: 60, others: 0.3, stolen: 0, siblings: { processors: [5], busy } },
  });
  expect(kinds(boots(steady(40, 40)), smt)).toEqual(['smt-unpinned']);
  expect(kinds(boots(steady(40)), smt)).toEqual([]);
  expect(kinds(boots(steady(40, 40)), { ...smt, smt: 'off' })).toEqual([]);
  expect(kinds(boots(steady(40, 40)), sharing(0.3), { vmCpu: 1 })).toEqual(['sibling-busy']);
  expect(kinds(boots(steady(40, 40)), sharing(0.05), { vmCpu: 1 })).toEqual([]);
});

test('a frequency that changes', () => {
  expect(kinds(boots(steady(40)), { governor: 'powersave', turbo: true })).toEqual(['governor', 'turbo']);
  expect(kinds(boots(steady(40)), { governor: 'performance', turbo: false })).toEqual([]);
});

test('no KVM is told where the recipe did not ask for that', () => {
  const record = knownRecord();
  const asked = { ...record, probe: { ...record.probe, reason: 'asked' as const } };
  const kindsOf = (of: typeof record): string[] =>
    summarise(guestRecipe(), of, knownSamples()).warnings.map(({ kind }) => kind);
  expect(kindsOf(record)).toContain('emulated');
  expect(kindsOf(asked)).not.toContain('emulated');
});

test('of sixty measurements of steady boots, hardly any is warned about', () => {
  let warned = 0;
  for (let trial = 0; trial < 60; trial += 1) {
    warned += kinds(boots(steady(20, 15))).length;
  }
  expect(warned).toBeLessThanOrEqual(3);
});

describe('every warning says what was found and what to do', () => {
  const all = [
    ...summary(boots(steady(5))).warnings,
    ...summary(boots(steady(20, 100))).warnings,
    ...summary(boots(steady(30).map((ms, boot) => ms - 3 * boot))).warnings,
    ...summary(boots(steady(40).map((ms, boot) => (boot < 4 ? ms + 80 : ms)))).warnings,
    ...summary(boots(steady(60).map((ms, boot) => (boot % 3 === 0 ? ms + 50 : ms)))).warnings,
    ...summary(boots(steady(40, 40)), { load: [3, 0, 0], governor: 'schedutil', turbo: true }).warnings,
    ...summary(boots(steady(40, 40)), { smt: 'on', cores: 1 }).warnings,
    ...summary(
      boots(steady(40, 40)),
      { activity: { seconds: 9, others: 1.2, stolen: 0.1, siblings: { processors: [3], busy: 0.5 } } },
      { vmCpu: 1 },
    ).warnings,
    ...summarise(guestRecipe(), knownRecord(), knownSamples({ 0: 'hung', 5: 'panicked' })).warnings,
  ];
  test.each(all.map((warning) => [warning.kind, warning] as const))('%s', (_, warning) => {
    const { text, advice } = warningText(warning);
    for (const words of [text, advice]) {
      expect(words).not.toMatch(/undefined|NaN|Infinity|\bnull\b|\.$|^[A-Z]/);
      expect(words.length).toBeGreaterThan(20);
    }
  });
});

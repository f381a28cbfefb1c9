import { expect, test } from 'vitest';
import { markdownReport } from '../../src/report/markdown.js';
import { summarise, type Summary } from '../../src/report/summary.js';
import { summaryText } from '../../src/report/table.js';
import type { TextPaint } from '../../src/report/text-paint.js';
import type { Outcome } from '../../src/measure/verdict.js';
import { knownRecord, knownSamples } from '../rig/vm-summary.js';
import { guestRecipe } from '../rig/vm-step.js';

function summary(outcomes: Readonly<Record<number, Outcome>> = {}): Summary {
  return summarise(guestRecipe(), knownRecord(), knownSamples(outcomes));
}

const loud: TextPaint = {
  bold: (text) => `<b>${text}</b>`,
  dim: (text) => `<d>${text}</d>`,
  red: (text) => `<r>${text}</r>`,
  yellow: (text) => `<y>${text}</y>`,
  cyan: (text) => `<c>${text}</c>`,
};

/** Without what is said of the host and of there being few boots. */
function quiet(of: Summary): Summary {
  return { ...of, warnings: [] };
}

test('what a user sees at the end', () => {
  expect(summaryText(quiet(summary())).split('\n')).toEqual([
    'point       n   median  95 % interval       p95  failed',
    'firmware    4  50.5 ms  [49.0, 52.0]    51.9 ms       0',
    'kernel      4  57.5 ms  [56.0, 59.0]    58.9 ms       0',
    'user-space  4  1.853 s  [1.851, 1.854]  1.854 s       0',
    '',
    'phase     median  95 % interval   share',
    expect.stringMatching(/^tQEMU {4}50\.5 ms {2}\[49\.0, 52\.0\] {6}3 % {2}#+$/),
    expect.stringMatching(/^tFW {7}7\.0 ms {2}\[5\.\d, 8\.\d\] {8}0 % {3}#$/),
    expect.stringMatching(/^tKernel {2}1\.795 s {2}\[1\.79\d, 1\.79\d\] {3}97 % {3}#+$/),
    '',
    'pc under TCG, 1 processor, 512 MiB',
  ]);
});

test.each([40, 60, 80, 120])('every line fits %d columns', (width) => {
  const long = summarise(guestRecipe(), knownRecord('both'), knownSamples({ 4: 'panicked' }, 'both'));
  const labelled = {
    ...long,
    points: long.points.map((point) => ({ ...point, label: 'a very long label '.repeat(9) })),
  };
  for (const line of summaryText(labelled, { width }).split('\n')) {
    expect(line.length).toBeLessThanOrEqual(Math.max(width, 50));
  }
});

test('the bars lie one behind the other and end at the last point', () => {
  const bars = summaryText(summary()).split('\n').slice(6, 9);
  expect(bars[2]).toHaveLength(80);
  expect(bars[0]?.lastIndexOf('#')).toBeLessThanOrEqual(bars[1]?.indexOf('#') ?? -1);
});

test('the parts of a phase follow it, indented, and its bar shows them by their marks', () => {
  const recipe = guestRecipe();
  const parts = [
    { name: 'first', from: 'firmware', to: 'kernel', in: 'all' },
    { name: 'second', from: 'kernel', to: 'user-space', in: 'all' },
  ];
  const phases = [...parts, { name: 'all', from: 'firmware', to: 'user-space' }];
  const lines = summaryText(summarise({ ...recipe, phases }, knownRecord(), knownSamples()))
    .split('\n')
    .slice(6, 9);
  expect(lines.map((line) => /^ *\w+/.exec(line)?.[0])).toEqual(['all', '  first', '  second']);
  const [all = '', first = '', second = ''] = lines.map((line) => line.slice(line.lastIndexOf('%') + 1));
  expect(all).toMatch(/^ +=*\++$/);
  expect(first).toMatch(/^ +=$/);
  expect(second.trim()).toMatch(/^\++$/);
  expect(all.length).toBe(second.length);
});

test('with both methods, a line for each phase on how far they are apart', () => {
  const text = summaryText(summarise(guestRecipe(), knownRecord('both'), knownSamples({}, 'both')));
  expect(text).toMatch(/^phase +exit - trace {2}95 % interval$/m);
  expect(text).toMatch(/^tQEMU +10\.0 ms {2}\[8\.\d, 11\.\d\]$/m);
  expect(text).toMatch(/^tKernel +0\.0 ms {2}\[-1\.\d, 1\.\d\]$/m);
});

test('there is no escape code unless colours are given', () => {
  expect(summaryText(summary({ 4: 'hung' }))).not.toContain('\u001b');
  const painted = summaryText(summary({ 4: 'hung' }), { paint: loud });
  expect(painted).toContain('<b>point');
  expect(painted).toContain('<c>###');
  expect(painted).toContain('<r>! 1 of 12 boots failed and are in no figure (1 hung)</r>');
  expect(painted).toContain('<y>! without KVM');
});

test('a point that was never reached shows a dash, not a zero', () => {
  const boots = Object.fromEntries(
    knownSamples().flatMap(({ boot, point }) => (point === 'kernel' ? [[boot, 'hung' as const]] : [])),
  );
  const lines = summaryText(summary(boots)).split('\n');
  expect(lines[2]).toMatch(/^kernel +0 +- +- +4$/);
  expect(lines[7]).toMatch(/^tFW +-$/);
});

test('a negative phase is shown as it is, without a bar', () => {
  const base = summary();
  const phases = base.phases.map((phase) =>
    phase.name === 'tFW' ? { ...phase, median: -1_200_000, interval: { low: -2e6, high: 0.4e6 } } : phase,
  );
  expect(summaryText({ ...base, phases })).toMatch(/^tFW +-1\.2 ms {2}\[-2\.0, 0\.4\] +-?0 %$/m);
});

test('the machine is shown with the CPU model that was taken, and with the one that could not be had', () => {
  const base = summary();
  const cpuRefused = { model: 'host', detail: 'failed to set MSR 0x10a' };
  const machine = { ...base.machine, cpu: 'qemu64', cpuRefused };
  expect(
    summaryText(quiet({ ...base, machine }))
      .split('\n')
      .slice(-2),
  ).toEqual([
    'pc under TCG, qemu64, 1 processor, 512 MiB',
    'the CPU model host could not be had: failed to set MSR 0x10a',
  ]);
  const { plan, timeout } = knownRecord();
  expect(markdownReport({ summary: { ...base, machine }, plan, timeout })).toContain(
    'the CPU model host could not be had: failed to set MSR 0x10a;',
  );
});

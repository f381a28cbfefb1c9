import { describe, expect, test } from 'vitest';
import { timeTimers, type TimerFigures } from '../../../src/commands/doctor/timer.js';
import { timerLines } from '../../../src/commands/doctor/timer-table.js';
import { findProgram } from '../../../src/system/distribution.js';

const WAYS = [
  ['measured', 'stopwatch'],
  ['measured', 'limit'],
  ['measured', 'hyperfine'],
  ['anew', 'stopwatch'],
  ['anew', 'limit'],
  ['anew', 'hyperfine'],
  ['loop', 'limit'],
  ['loop', 'hyperfine'],
] as const;

test('the stopwatch is timed against the bare system calls, and against hyperfine where that is installed, in like manners', async () => {
  const timed = await timeTimers(new AbortController().signal);
  const figures = timed.ok ? timed.value : [];
  const isThere = findProgram('hyperfine') !== undefined;
  const known = WAYS.filter(([, timer]) => isThere || timer !== 'hyperfine');
  expect(figures.map(({ manner, timer }) => [manner, timer])).toEqual(known);
  for (const { starts, medianNs, p99Ns } of figures) {
    expect(starts).toBe(300);
    expect(medianNs).toBeGreaterThan(50_000);
    expect(p99Ns).toBeGreaterThan(medianNs);
  }
  const [stopwatch] = figures;
  // On a quiet machine it is within 1.1; this one may be busy.
  expect(stopwatch?.ratio).toBeLessThan(2);
}, 120_000);

describe('the table', () => {
  const figures = WAYS.map(([manner, timer], index): TimerFigures => ({
    timer,
    manner,
    starts: 300,
    medianNs: 500_000 + 10_000 * index,
    p99Ns: 900_000,
    ratio: 1 + index / 100,
  }));

  test('fits 80 columns and has the timers of a manner together, each with its ratio to the limit', () => {
    const lines = timerLines(figures);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    const shown = lines.filter((line) => line.startsWith('    ') || line.startsWith('  ')).slice(1);
    expect(shown.map((line) => line.trim().split(/ {2,}/)[0])).toEqual([
      expect.stringContaining('as a measurement does it'),
      'stopwatch',
      'limit',
      'hyperfine -N',
      expect.stringContaining('one right after the other'),
      'stopwatch',
      'limit',
      'hyperfine -N',
      expect.stringContaining('one process for all'),
      'limit',
      'hyperfine -N',
    ]);
    expect(shown[1]?.trim().split(/ {2,}/)).toEqual(['stopwatch', '500 us', '900 us', '1.00 x']);
  });

  test('says what is missing where hyperfine is', () => {
    const without = figures.filter(({ timer }) => timer !== 'hyperfine');
    expect(timerLines(without).at(-1)).toContain('Debian package hyperfine');
  });
});

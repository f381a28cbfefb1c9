import { describe, expect, test } from 'vitest';
import { timeTimers, type TimerFigures, type TimerName } from '../../../src/commands/doctor/timer.js';
import { timerLines } from '../../../src/commands/doctor/timer-table.js';
import { findProgram } from '../../../src/system/distribution.js';

test('the stopwatch is timed against the bare system calls, and against hyperfine where that is installed', async () => {
  const timed = await timeTimers(new AbortController().signal);
  const figures = timed.ok ? timed.value : [];
  const known = [
    'stopwatch',
    'limit',
    'stopwatch-loop',
    'limit-loop',
    ...(findProgram('hyperfine') === undefined ? [] : ['hyperfine']),
  ];
  expect(figures.map(({ timer }) => timer)).toEqual(known);
  for (const { starts, medianNs, p99Ns } of figures) {
    expect(starts).toBe(300);
    expect(medianNs).toBeGreaterThan(50_000);
    expect(p99Ns).toBeGreaterThan(medianNs);
  }
  const [stopwatch] = figures;
  // On a quiet machine it is within 1.1; this one may be busy.
  expect(stopwatch?.ratio).toBeLessThan(2);
}, 60_000);

describe('the table', () => {
  const figures = (timer: TimerName, ratio: number): TimerFigures => ({
    timer,
    starts: 300,
    medianNs: 500_000 * ratio,
    p99Ns: 900_000,
    ratio,
  });

  test('fits 80 columns and has a ratio to a limit in each row', () => {
    const ratios = { stopwatch: 1.05, limit: 1, 'stopwatch-loop': 1.1, 'limit-loop': 1, hyperfine: 1.3 } as const;
    const lines = timerLines(Object.entries(ratios).map(([timer, ratio]) => figures(timer as TimerName, ratio)));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => line.endsWith(' x')).map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['stopwatch', '525 us', '900 us', '1.05 x'],
      ['limit', '500 us', '900 us', '1.00 x'],
      ['stopwatch, loop', '550 us', '900 us', '1.10 x'],
      ['limit, loop', '500 us', '900 us', '1.00 x'],
      ['hyperfine -N, loop', '650 us', '900 us', '1.30 x'],
    ]);
  });

  test('says what is missing where hyperfine is', () => {
    expect(timerLines([figures('stopwatch', 1.05), figures('limit', 1)]).at(-1)).toContain('Debian package hyperfine');
  });
});

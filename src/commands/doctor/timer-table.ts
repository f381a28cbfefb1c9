import { readableDuration } from '../../measure/duration.js';
import type { TimerFigures, TimerName } from './timer.js';

const NAMES: Readonly<Record<TimerName, string>> = {
  stopwatch: 'stopwatch',
  limit: 'limit',
  'stopwatch-loop': 'stopwatch, loop',
  'limit-loop': 'limit, loop',
  hyperfine: 'hyperfine -N, loop',
};

const LEGEND = [
  'limit: vfork, execv and wait4 alone. bootlap starts the first two for each start',
  'as in a measurement; those in a loop go on by themselves.',
];

/** Figures of timers as a small table, for a person. */
export function timerLines(figures: readonly TimerFigures[]): string[] {
  const starts = figures[0]?.starts ?? 0;
  const rows = figures.map(({ timer, medianNs, p99Ns, ratio }) => [
    NAMES[timer],
    readableDuration(medianNs),
    readableDuration(p99Ns),
    `${ratio.toFixed(2)} x`,
  ]);
  const table = [['', 'median', 'p99', 'of the limit'], ...rows].map(row);
  const absent = figures.some(({ timer }) => timer === 'hyperfine')
    ? []
    : ['hyperfine is not installed (Debian package hyperfine): nothing else to compare with'];
  return [
    `From start to end of a program that does nothing, ${starts} times each, in turns:`,
    ...table,
    ...LEGEND,
    ...absent,
  ];
}

function row([name = '', ...cells]: readonly string[]): string {
  return `  ${name.padEnd(20)}${cells.map((cell) => cell.padStart(14)).join('')}`;
}

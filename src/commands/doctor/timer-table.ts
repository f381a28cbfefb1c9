import { readableDuration } from '../../measure/duration.js';
import type { TimerFigures, TimerManner, TimerName } from './timer.js';

const NAMES: Readonly<Record<TimerName, string>> = {
  stopwatch: 'stopwatch',
  limit: 'limit',
  hyperfine: 'hyperfine -N',
};

const MANNERS: Readonly<Record<TimerManner, string>> = {
  measured: 'as a measurement does it: a new process for each start, which rests before',
  anew: 'a new process for each start, one right after the other',
  loop: 'one process for all starts, which the stopwatch never is',
};

/** Figures of timers as a small table, for a person: those of a manner together, because only they compare. */
export function timerLines(figures: readonly TimerFigures[]): string[] {
  const starts = figures[0]?.starts ?? 0;
  const manners = [...new Set(figures.map(({ manner }) => manner))];
  const absent = figures.some(({ timer }) => timer === 'hyperfine')
    ? []
    : ['hyperfine is not installed (Debian package hyperfine): nothing else to compare with'];
  return [
    `From start to end of a program that does nothing, ${starts} times each, in turns:`,
    row(['', 'median', 'p99', 'of the limit']),
    ...manners.flatMap((manner) => [`  ${MANNERS[manner]}`, ...rowsOf(figures, manner)]),
    'limit: vfork, execv and wait4 alone',
    ...absent,
  ];
}

function rowsOf(figures: readonly TimerFigures[], wanted: TimerManner): string[] {
  return figures
    .filter(({ manner }) => manner === wanted)
    .map(({ timer, medianNs, p99Ns, ratio }) =>
      row([NAMES[timer], readableDuration(medianNs), readableDuration(p99Ns), `${ratio.toFixed(2)} x`]),
    );
}

function row([name = '', ...cells]: readonly string[]): string {
  return `    ${name.padEnd(20)}${cells.map((cell) => cell.padStart(14)).join('')}`;
}

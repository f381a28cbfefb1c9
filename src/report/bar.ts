import { readableDuration } from '../measure/duration.js';
import type { PhaseDuration } from '../measure/phases.js';
import { alignColumns, fit } from './columns.js';
import { plain, type TextPaint } from './text-paint.js';

/** What the bars are drawn from. Durations in nanoseconds. */
export interface BarRequest {
  readonly phases: readonly PhaseDuration[];
  /** Point -> median. */
  readonly medians: Readonly<Record<string, number>>;
  /** Columns that a line may take; 80 without it. */
  readonly width?: number;
  readonly paint?: TextPaint;
}

const NAME_WIDTH = 16;

/**
 * One line for each phase, its bar where it lies in the boot:
 *
 * ```
 * tQEMU    48.1 ms   2 %  ##
 * tKernel   1.80 s  97 %    ##########################
 * ```
 *
 * A phase without a figure, or with one that is not above 0, has no bar; its figure is shown as it is.
 */
export function phaseBars({ phases, medians, width = 80, paint = plain }: BarRequest): string[] {
  const whole = Math.max(0, ...Object.values(medians));
  const rows = phases.map((phase) => [
    fit(phase.name, NAME_WIDTH),
    phase.median === undefined ? '-' : readableDuration(phase.median),
    phase.median === undefined || whole === 0 ? '' : `${Math.round((phase.median / whole) * 100)} %`,
  ]);
  const [, ...heads] = alignColumns([{ title: '', align: 'left' }, ...[right, right]], rows);
  const headWidth = Math.max(0, ...heads.map((head) => head.length));
  const columns = Math.max(1, width - headWidth - 2);
  return heads.map((head, index) => {
    const bar = barOf(phases[index], medians, { columns, whole });
    return bar === '' ? head : `${head.padEnd(headWidth)}  ${bar.replace(/#+/, (marks) => paint.cyan(marks))}`;
  });
}

const right = { title: '', align: 'right' } as const;

interface Scale {
  readonly columns: number;
  /** Nanoseconds that all columns together stand for. */
  readonly whole: number;
}

function barOf(
  phase: PhaseDuration | undefined,
  medians: Readonly<Record<string, number>>,
  { columns, whole }: Scale,
): string {
  if (phase?.median === undefined || phase.median <= 0) {
    return '';
  }
  const begin = phase.from === undefined ? 0 : (medians[phase.from] ?? 0);
  const first = Math.min(columns - 1, Math.floor((begin / whole) * columns));
  // Something that lasted is always seen.
  const length = Math.max(1, Math.round(((begin + phase.median) / whole) * columns) - first);
  return ' '.repeat(first) + '#'.repeat(length);
}

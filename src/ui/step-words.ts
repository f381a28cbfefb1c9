import type { StepEnd } from '../core/event.js';
import { duration, wholeDuration } from './quantities.js';

/** How a step ended: `fresh`, `restored from the cache`, `restored from the shared cache at host`, `done in 3m10s`, `failed after 12s`, `skipped: ...`. */
export function endWords(end: StepEnd): string {
  switch (end.status) {
    case 'fresh':
      return 'fresh';
    case 'restored':
      return end.from === undefined ? 'restored from the cache' : `restored from the shared cache at ${end.from}`;
    case 'ran':
      return `done in ${duration(end.seconds)}`;
    case 'failed':
      return `failed after ${duration(end.seconds)}`;
    case 'skipped':
      return end.because === undefined ? 'skipped' : `skipped: ${end.because}`;
  }
}

/** Elapsed time against the last time's, in whole seconds: `2m10s of ~3m20s`, or `2m10s` where there was no last time. */
export function elapsedWords(elapsed: number, expected: number | undefined): string {
  const spent = wholeDuration(elapsed);
  return expected === undefined || expected < 1 ? spent : `${spent} of ~${wholeDuration(Math.round(expected))}`;
}

/** `because patch:kernel changed`, with at most two reasons written out; empty where there is none. */
export function becauseWords(because: readonly string[]): string {
  return because.length === 0 ? '' : `because ${inShort(because)}`;
}

/** `tool cc changed; patch:kernel runs before it; and 3 more`. */
export function inShort(reasons: readonly string[]): string {
  const more = reasons.length > 2 ? [`and ${reasons.length - 2} more`] : [];
  return [...reasons.slice(0, 2), ...more].join('; ');
}

/** Who holds the workspace that a run waits for. */
export function waitingWords(pid: number, command: string): string {
  return `waiting for another run in this workspace: process ${pid} (${command})`;
}

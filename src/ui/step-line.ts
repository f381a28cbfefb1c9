import type { StepEnd } from '../core/event.js';
import type { StepName } from '../core/step.js';
import type { Page } from './failure-lines.js';
import { ProgressMeter } from './progress-meter.js';
import { wrap } from './wrap.js';
import { becauseWords, elapsedWords, endWords } from './step-words.js';

/** What the terminal shows of one step: nothing before it starts, some lines while it runs, one when it has ended. */
export interface StepLine {
  readonly step: StepName;
  readonly title: string;
  /** Milliseconds since 1970; missing before the start. */
  startedAt?: number;
  expectedSeconds?: number;
  because: readonly string[];
  readonly meter: ProgressMeter;
  /** The last lines of its output, for `--verbose`. */
  tail: readonly string[];
  notices: readonly string[];
  end?: StepEnd;
}

/** A step that has not started. */
export function waitingLine(step: StepName, title: string): StepLine {
  return { step, title, because: [], meter: new ProgressMeter(), tail: [], notices: [] };
}

/** How a step line is drawn. */
export interface Drawing {
  readonly page: Page;
  /** Characters that every step's name is filled up to. */
  readonly nameWidth: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The lines for a step, joined by line feeds; empty before its start. The most telling part stands first, because the right end may be cut off. */
export function drawStepLine(line: StepLine, drawing: Drawing): string {
  if (line.end !== undefined) {
    return drawEnded(line, line.end, drawing);
  }
  return line.startedAt === undefined ? '' : drawRunning(line, line.startedAt, drawing);
}

function drawRunning(line: StepLine, startedAt: number, { page, nameWidth, now }: Drawing): string {
  const { paint } = page;
  const elapsed = elapsedWords((now - startedAt) / 1000, line.expectedSeconds);
  const progress = line.meter.words();
  const head = [`${line.step.padEnd(nameWidth)}  ${elapsed}`, ...(progress === '' ? [] : [paint.cyan(progress)])];
  return [
    head.join('  '),
    ...[line.title, becauseWords(line.because)].filter((words) => words !== '').map(paint.dim),
    ...noticeLines(line.notices, page),
    ...line.tail.map((text) => paint.dim(`│ ${text}`)),
  ].join('\n');
}

function drawEnded({ step, notices }: StepLine, end: StepEnd, { page, nameWidth }: Drawing): string {
  const { paint } = page;
  const words = endWords(end);
  const painted = end.status === 'failed' ? paint.red(words) : end.status === 'ran' ? words : paint.dim(words);
  return [`${step.padEnd(nameWidth)}  ${painted}`, ...noticeLines(notices, page)].join('\n');
}

/** Notices in full, because what is cut off at the right end may be what matters; tasks are indented by 2. */
function noticeLines(notices: readonly string[], page: Page): string[] {
  return notices.flatMap((notice) => wrap(notice, page.columns() - 6, '  '));
}

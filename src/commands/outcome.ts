import { join } from 'node:path';
import type { StepEnd } from '../core/event.js';
import type { RunOutcome } from '../engine/index.js';
import type { Summary } from '../report/summary.js';
import { summaryText } from '../report/table.js';
import { readJsonIfThere } from '../system/files.js';
import { age, duration } from '../ui/quantities.js';
import type { Terminal } from '../ui/terminal.js';
import { widthOf } from './width.js';

/** Among the results of a run that has figures. */
const REPORT_PAGE = 'report.html';

/** What a run came to, for a person: the figures where it has some, how old they are, `notes` on them, and where its record lies. */
export function outcomeLines(
  outcome: RunOutcome,
  terminal: Terminal,
  { now = Date.now(), notes = [] }: { readonly now?: number; readonly notes?: readonly string[] } = {},
): string[] {
  const { paint } = terminal;
  const summary = figuresOf(outcome);
  return [
    ...(summary === undefined
      ? []
      : ['', summaryText(summary, { width: widthOf(terminal), paint }), ...ageLine(outcome.steps, now), ...notes, '']),
    ...(summary === undefined ? [] : [`report: ${join(outcome.folder, REPORT_PAGE)}`]),
    paint.dim(`${duration(outcome.seconds)}, recorded in ${outcome.folder}`),
  ];
}

/** The figures of this run. A run that left the report out has none, whatever an earlier one has left there. */
function figuresOf({ steps, folder }: RunOutcome): Summary | undefined {
  const report = steps.find(({ step }) => step === 'report')?.status;
  const there = report === 'fresh' || report === 'restored' || report === 'ran';
  return there ? (readJsonIfThere(join(folder, 'summary.json')) as unknown as Summary | undefined) : undefined;
}

/** Tells figures that were there already from new ones. */
function ageLine(steps: readonly StepEnd[], now: number): string[] {
  const measure = steps.find(({ step }) => step === 'measure');
  if (measure?.madeAt === undefined || (measure.status !== 'fresh' && measure.status !== 'restored')) {
    return [];
  }
  return [
    `measured ${age(Date.parse(measure.madeAt), now)}, and nothing has changed since; --force measure boots again`,
  ];
}

import type { StepState } from '../core/event.js';
import type { StepName } from '../core/step.js';
import type { Page } from './failure-lines.js';
import type { Paint } from './paint.js';
import { wholeDuration } from './quantities.js';
import { inShort } from './step-words.js';
import { wrap } from './wrap.js';

/** What the table shows of a planned step. */
export interface PlanRow {
  readonly step: { readonly name: StepName };
  readonly state: StepState;
  readonly because: readonly string[];
  /** By the last time. */
  readonly expectedSeconds?: number;
  /** The host of the shared cache that has it. */
  readonly from?: string;
}

/**
 * A plan as a table: step, state, time by the last time, and because of which input; then a line that sums it up.
 * `ccache` is what builds use, where some would run.
 */
export function planLines(rows: readonly PlanRow[], page: Page, ccache?: string): string[] {
  const width = Math.max(4, ...rows.map(({ step }) => step.name.length));
  return [
    page.paint.dim(`${'step'.padEnd(width)}  ${'state'.padEnd(10)}  ${'about'.padStart(6)}  because`),
    ...rows.flatMap((row) => rowLines(row, width, page)),
    '',
    ...wrap(summary(rows), page.columns()),
    ...(ccache === undefined ? [] : [`compilations are looked up in ${ccache}`]),
  ];
}

function rowLines(row: PlanRow, width: number, page: Page): string[] {
  const name = row.step.name.padEnd(width);
  const state = paintState(row.state, page.paint);
  const time = expected(row).padStart(6);
  const indent = ' '.repeat(width + 22);
  const [first = '', ...more] = wrap(inShort(reasons(row)), Math.max(20, page.columns() - indent.length));
  return [`${name}  ${state}  ${time}  ${first}`.trimEnd(), ...more.map((line) => `${indent}${line}`)];
}

function reasons({ because, from }: PlanRow): readonly string[] {
  return from === undefined ? because : [`the shared cache at ${from} has it`];
}

function paintState(state: StepState, paint: Paint): string {
  const padded = state.padEnd(10);
  switch (state) {
    case 'fresh':
      return paint.green(padded);
    case 'restorable':
      return paint.cyan(padded);
    case 'stale':
      return paint.yellow(padded);
  }
}

function expected({ state, expectedSeconds }: PlanRow): string {
  if (state !== 'stale') {
    return '';
  }
  return expectedSeconds === undefined ? '?' : `~${wholeDuration(Math.max(1, expectedSeconds))}`;
}

/** `3 of 13 steps would run, about 4m10s by the last time (2 of them never ran here)`. */
function summary(rows: readonly PlanRow[]): string {
  const stale = rows.filter(({ state }) => state === 'stale');
  const shared = sharedWords(rows);
  if (stale.length === 0) {
    return `nothing would run: ${shared === '' ? 'every result is there' : shared}`;
  }
  const known = stale.flatMap(({ expectedSeconds }) => expectedSeconds ?? []);
  const sum = known.reduce((total, seconds) => total + seconds, 0);
  const unknown = stale.length - known.length;
  const time = known.length === 0 ? '' : `, about ${wholeDuration(Math.max(1, sum))} by the last time`;
  const rest =
    unknown === 0 ? '' : ` (${unknown === stale.length ? 'none' : `${unknown} of them never`} ran here before)`;
  return `${stale.length} of ${rows.length} steps would run${time}${rest}${shared === '' ? '' : `; ${shared}`}`;
}

/** `5 results would come from the shared cache at cache.example.org`; empty where none would. */
function sharedWords(rows: readonly PlanRow[]): string {
  const [host, ...others] = rows.flatMap(({ from }) => from ?? []);
  const results = others.length === 0 ? '1 result' : `${others.length + 1} results`;
  return host === undefined ? '' : `${results} would come from the shared cache at ${host}`;
}

import type { StepState } from '../core/event.js';
import type { StepName } from '../core/step.js';
import type { Page } from './failure-lines.js';
import { age } from './quantities.js';
import { wrap } from './wrap.js';

/** What is explained of a step. */
export interface ExplainedStep {
  readonly step: { readonly name: StepName };
  readonly state: StepState;
  readonly because: readonly string[];
  /** When its last result here was made, ISO 8601. */
  readonly lastMadeAt?: string;
  /** The host of the shared cache that it came from. */
  readonly lastFrom?: string;
  readonly changes: readonly { readonly input: string; readonly before?: string; readonly now?: string }[];
}

/** Why a step is as it is: a sentence, then every input that differs from the last time with both its values. */
export function explanationLines(explained: ExplainedStep, page: Page, now: number): string[] {
  const { paint } = page;
  const { step, changes, because } = explained;
  return [
    ...wrap(`${paint.bold(step.name)} ${verdict(explained, now)}`, page.columns(), '  '),
    ...(changes.length === 0 ? because.map((reason) => `  ${reason}`) : []),
    ...changes.flatMap(({ input, before, now: after }) => [
      `  ${input}`,
      `    ${paint.red('-')} ${before ?? paint.dim('(was not there)')}`,
      `    ${paint.green('+')} ${after ?? paint.dim('(is gone)')}`,
    ]),
  ];
}

function verdict({ state, lastMadeAt, lastFrom, changes }: ExplainedStep, now: number): string {
  const when = lastMadeAt === undefined ? 'and never ran here' : lastWords(age(Date.parse(lastMadeAt), now), lastFrom);
  const difference = changes.length === 0 ? '' : '; since then, of what it reads:';
  switch (state) {
    case 'fresh':
      return `is fresh: its outputs are in place ${when}${difference}`;
    case 'restorable':
      return `would be restored: this result is in the cache ${when}${difference}`;
    case 'stale':
      return `would run ${when}${difference === '' && lastMadeAt === undefined ? ':' : difference}`;
  }
}

function lastWords(made: string, from: string | undefined): string {
  return from === undefined
    ? `and last ran here ${made}`
    : `and its last result came from the shared cache at ${from}, made ${made}`;
}

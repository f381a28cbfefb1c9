import type { StepFailure } from '../core/event.js';
import { explainFailure } from './failure-text/index.js';
import type { Terminal } from './terminal.js';
import { wrap } from './wrap.js';

const QUOTED_LINES = 20;

/** What decides how a failure is written. */
export type Page = Pick<Terminal, 'paint' | 'columns'>;

/** A failure and, where it is another than usual, the next thing to try. */
export interface ShownFailure extends StepFailure {
  readonly hint?: string;
}

/** A failure as lines for a person: what, where, the last words, the whole log, the next thing to try. */
export function failureLines(failed: ShownFailure, page: Page): string[] {
  const { paint } = page;
  const text = explainFailure(failed.failure);
  const where = failed.step === undefined ? '' : `${failed.step}: `;
  const [headline = '', ...more] = wrap(`${where}${text.headline}`, page.columns() - 2);
  return [
    `${paint.red('✖')} ${paint.bold(headline)}`,
    ...more.map((line) => `  ${paint.bold(line)}`),
    ...text.details.map((detail) => `  ${detail}`),
    ...(text.quoted ?? []).slice(-QUOTED_LINES).map((line) => `  ${paint.dim('│')} ${line.trimEnd()}`),
    ...(failed.log === undefined ? [] : [`  ${paint.dim('log:')}  ${failed.log}`]),
    ...wrap(`  ${paint.cyan('next:')} ${failed.hint ?? text.hint}`, page.columns(), '        '),
  ];
}

/** Several failures: the real ones first and in full; of steps that were merely ended with them, only the names. */
export function failuresLines(failures: readonly ShownFailure[], page: Page): string[] {
  const real = failures.filter(({ failure }) => failure.reason !== 'interrupted');
  if (real.length === 0) {
    return failures.slice(0, 1).flatMap(({ failure }) => failureLines({ failure }, page));
  }
  const ended = failures.flatMap(({ step, failure }) =>
    failure.reason === 'interrupted' && step !== undefined ? [step] : [],
  );
  return [
    ...real.flatMap((failure, index) => [...(index === 0 ? [] : ['']), ...failureLines(failure, page)]),
    ...(ended.length === 0 ? [] : [`  ${page.paint.dim(`ended because of it: ${ended.join(', ')}`)}`]),
  ];
}

import type { Page } from './failure-lines.js';
import type { Paint } from './paint.js';
import { wrap } from './wrap.js';

/** One thing of the host that was looked at. */
export interface CheckLine {
  readonly name: string;
  readonly verdict: 'ok' | 'warn' | 'missing';
  readonly found: string;
  readonly advice?: string;
}

/**
 * Checks as lines, each with what to do about it, then a line that sums them up.
 * @param recipe the one that they are about
 */
export function checkLines(checks: readonly CheckLine[], page: Page, recipe = 'stock'): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return [...checks.flatMap((check) => oneCheck(check, width, page)), '', summary(checks, recipe)];
}

function oneCheck({ name, verdict, found, advice }: CheckLine, width: number, page: Page): string[] {
  const indent = ' '.repeat(width + 11);
  const head = `${painted(verdict, page.paint)}  ${name.padEnd(width)}  ${found}`;
  return [
    ...wrap(head, page.columns(), indent),
    ...(advice === undefined
      ? []
      : wrap(`${indent}${page.paint.cyan('->')} ${advice}`, page.columns(), `${indent}   `)),
  ];
}

function painted(verdict: CheckLine['verdict'], paint: Paint): string {
  const padded = verdict.padEnd(7);
  switch (verdict) {
    case 'ok':
      return paint.green(padded);
    case 'warn':
      return paint.yellow(padded);
    case 'missing':
      return paint.red(padded);
  }
}

function summary(checks: readonly CheckLine[], recipe: string): string {
  const missing = checks.filter(({ verdict }) => verdict === 'missing').length;
  const warnings = checks.filter(({ verdict }) => verdict === 'warn').length;
  if (missing > 0) {
    return `${missing} missing: the ${recipe} recipe cannot run on this machine yet`;
  }
  return warnings === 0
    ? 'this machine is fit'
    : `this machine is fit, with ${warnings} thing${warnings === 1 ? '' : 's'} to know`;
}

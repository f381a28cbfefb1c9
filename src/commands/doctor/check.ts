/** What came of looking at one thing of this machine. */
export interface Check {
  readonly name: string;
  /** `missing`: the recipe that ships cannot run; `warn`: it can, with what `found` says. */
  readonly verdict: 'ok' | 'warn' | 'missing';
  /** What is there. */
  readonly found: string;
  /** What to do about it; missing where all is well. */
  readonly advice?: string;
}

/** A check that went well. */
export function ok(name: string, found: string): Check {
  return { name, verdict: 'ok', found };
}

/** Something that makes the work slower, figures worse, or some recipes impossible. */
export function warn(name: string, found: string, advice: string): Check {
  return { name, verdict: 'warn', found, advice };
}

/** Something without which nothing goes. */
export function missing(name: string, found: string, advice: string): Check {
  return { name, verdict: 'missing', found, advice };
}

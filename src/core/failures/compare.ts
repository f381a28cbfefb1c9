/**
 * Why two measurements cannot be compared (exit status 2; `not-comparable` 5), or what a gate found in them
 * (`regression` 10, `regression-unsettled` 11).
 */
export type CompareFailure = RunNotFound | RunUnfit | NotComparable | Regression | RegressionUnsettled;

/** What was named is no run, no summary, no recipe. */
export interface RunNotFound {
  readonly reason: 'run-not-found';
  /** As it was named. */
  readonly wanted: string;
  /** Where runs are looked for. */
  readonly folder: string;
  /** The newest runs that have figures, the newest first. */
  readonly known: readonly string[];
  readonly nearest?: string;
}

/** A run has no figures that could be compared. */
export interface RunUnfit {
  readonly reason: 'run-unfit';
  /** Of the file that is missing or not as it has to be. */
  readonly path: string;
  readonly detail: string;
}

/** Two measurements were made under conditions that differ: their figures say nothing of what was changed. */
export interface NotComparable {
  readonly reason: 'not-comparable';
  readonly differences: readonly { readonly field: string; readonly a: string; readonly b: string }[];
}

/** B is beyond a gate's limit, and its interval is clear of it. */
export interface Regression {
  readonly reason: 'regression';
  readonly gates: readonly GateFinding[];
}

/** The interval has a gate's limit in it: the boots do not tell whether B is beyond. */
export interface RegressionUnsettled {
  readonly reason: 'regression-unsettled';
  readonly gates: readonly GateFinding[];
}

/** What a gate was held against. */
export interface GateFinding {
  /** `tKernel > +3%`. */
  readonly gate: string;
  /** `+5.0 %, 95 % interval +4.4 to +5.6 %`, or why there is no figure. */
  readonly found: string;
  /** Where the recipe of B declares what the gate is about: absolute, and the line from 1. */
  readonly place?: { readonly file: string; readonly line?: number };
}

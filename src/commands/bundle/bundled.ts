import type { Results } from '../../bundle/results.js';
import type { Digest } from '../../core/digest.js';
import type { StepFailure } from '../../core/event.js';
import type { BundleIncomplete } from '../../core/failures/bundle.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Step } from '../../core/step.js';
import { cachedResult, type StepResult, type Workspace } from '../../engine/index.js';
import type { Failure } from '../../core/failure.js';
import type { Recipe } from '../../recipe/schema.js';
import type { Recorder } from '../ci/recorder.js';

/** What a bundle is made of: a recipe, its steps, and what these made. */
export interface WhatIsBundled {
  readonly recipe: Recipe;
  readonly steps: readonly Step[];
  readonly results: Results;
}

/** That, or why there is nothing to bundle. */
export type Bundled = Result<WhatIsBundled, readonly StepFailure[]>;

/** Nothing to bundle, for a failure that is in no run's record: the recorder hears of it here. */
export function stopped(recorder: Recorder | undefined, failure: Failure): Result<never, readonly StepFailure[]> {
  recorder?.stopped(failure);
  return failed([{ failure }]);
}

/** How a step of a run ended, as far as that matters here. */
export interface EndedStep {
  readonly step: string;
  readonly status: string;
  readonly fingerprint?: Digest;
}

const GONE_WELL: ReadonlySet<string> = new Set(['fresh', 'restored', 'ran']);

/** What a run's steps made, out of the cache. Fails with `bundle-incomplete` where the cache has one of them no more. */
export function resultsOf(
  workspace: Workspace,
  ends: readonly EndedStep[],
  command: string,
): Result<Results, BundleIncomplete> {
  const steps = new Map<string, StepResult>();
  for (const { step, status, fingerprint } of ends) {
    if (!GONE_WELL.has(status) || fingerprint === undefined) {
      continue;
    }
    const result = cachedResult(workspace, fingerprint);
    if (result === undefined) {
      const missing = `what ${step} made`;
      return failed({ reason: 'bundle-incomplete', missing, detail: 'it is in the cache no more', command });
    }
    steps.set(step, result);
  }
  return success({ workspace, steps, command });
}

import type { Results } from '../../bundle/results.js';
import type { Digest } from '../../core/digest.js';
import type { StepFailure } from '../../core/event.js';
import type { BundleIncomplete } from '../../core/failures/bundle.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Step } from '../../core/step.js';
import { cachedResult, type StepResult, type Workspace } from '../../engine/index.js';
import type { Recipe } from '../../recipe/schema.js';

/** What a bundle is made of: a recipe, its steps, and what these made. */
export type Bundled = Result<
  { readonly recipe: Recipe; readonly steps: readonly Step[]; readonly results: Results },
  readonly StepFailure[]
>;

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

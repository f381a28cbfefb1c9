import { failed, success } from '../../core/result.js';
import type { Step } from '../../core/step.js';
import { EVERYTHING, workspaceAt, type Selection } from '../../engine/index.js';
import { vmUpstream } from '../../measure/vm-files.js';
import type { Recipe } from '../../recipe/schema.js';
import type { Recorder } from '../ci/recorder.js';
import { forcedByUpdate } from '../options.js';
import { callPipeline } from '../pipeline.js';
import { watchRun } from '../run-shown.js';
import type { Session } from '../session.js';
import { resultsOf, stopped, type Bundled } from './bundled.js';
import type { BundleOptions } from './options.js';

/** Who bundles a recipe, and how. */
export interface RecipeBundling {
  readonly session: Session;
  readonly options: BundleOptions;
  readonly recorder: Recorder | undefined;
}

/** Runs what of a recipe is not fresh; without samples only what the VM is made of. What fails is recorded. */
export async function bundleOfRecipe(
  { session, options, recorder }: RecipeBundling,
  nameOrFile: string,
): Promise<Bundled> {
  const called = await callPipeline(nameOrFile, options);
  if (!called.ok) {
    return stopped(recorder, called.failure);
  }
  const { recipe, steps, workspace } = called.value;
  const selection = (all: readonly Step[]): Selection => ({
    ...EVERYTHING,
    until: options.samples ? [] : buildingSteps(recipe),
    force: forcedByUpdate(all, options),
  });
  const offline = options.offline === true;
  const outcome = await watchRun(
    { session, options, selection, offline, keepGoing: false, recorder },
    { ...called.value, resolved: recipe },
  );
  if (!outcome.ok) {
    return stopped(recorder, outcome.failure);
  }
  if (outcome.value.failures.length > 0) {
    return failed(outcome.value.failures);
  }
  const results = resultsOf(workspaceAt(workspace), outcome.value.steps, `bootlap run ${nameOrFile} --clean`);
  return results.ok ? success({ recipe, steps, results: results.value }) : stopped(recorder, results.failure);
}

/** The steps that make what is booted, and the stopwatch. */
function buildingSteps(recipe: Recipe): string[] {
  return [...new Set(vmUpstream(recipe).map(({ step }) => step))];
}

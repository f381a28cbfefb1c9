/**
 * bootlap as a library: load a recipe, line up its steps, plan or run them in a workspace, read the figures.
 *
 * @example
 * ```ts
 * const loaded = await loadRecipe({ nameOrFile: 'stock', settings: ['measure.boots=50'], with: [], workingFolder: '.' });
 * if (loaded.ok) {
 *   const steps = await assemble(loaded.value.recipe);
 *   // runPipeline({ steps: steps.value, ... })
 * }
 * ```
 *
 * @packageDocumentation
 */

export type { Digest } from './core/digest.js';
export { EXIT_STATUS, exitStatusOf, type ExitStatus } from './core/exit-status.js';
export type { EventSink, RunEvent, StepEnd, StepFailure, StepState, StepStatus } from './core/event.js';
export type { Failure } from './core/failure.js';
export type { Result, Success, Failed } from './core/result.js';
export type { Component, JobBudget, Step, StepContext, StepInputs, StepName } from './core/step.js';
export {
  collectCache,
  explainStep,
  listCache,
  openWorkspace,
  planPipeline,
  runPipeline,
  verifyCache,
  type CacheCheck,
  type CacheEntry,
  type Change,
  type Collected,
  type Explanation,
  type PipelineRequest,
  type PlannedStep,
  type PlanRequest,
  type ResultFile,
  type RunOutcome,
  type Selection,
  type Workspace,
} from './engine/index.js';
export { statistics, type Statistics } from './measure/statistics/describe.js';
export { loadRecipe, type LoadedRecipe } from './recipe/load.js';
export type { Recipe } from './recipe/schema.js';
export type { Summary } from './report/summary.js';
export { assemble } from './steps/pipeline.js';
export { Jobserver } from './system/jobserver.js';

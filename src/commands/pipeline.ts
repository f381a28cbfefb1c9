import { join } from 'node:path';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import type { Step } from '../core/step.js';
import { openWorkspace } from '../engine/index.js';
import { assemble } from '../steps/pipeline.js';
import { loadRecipeMemoised } from '../recipe/memo.js';
import type { Recipe } from '../recipe/schema.js';
import { workingFolder } from '../system/environment.js';
import type { RecipeOptions } from './options.js';
import { workspaceFolder } from './workspace-folder.js';

/** What a command line's recipe comes to. */
export interface CalledPipeline {
  readonly recipe: Recipe;
  readonly steps: readonly Step[];
  /** Absolute path; it is a workspace now. */
  readonly workspace: string;
}

/** Opens the workspace, loads the recipe and lines up its steps. */
export async function callPipeline(
  nameOrFile: string,
  options: RecipeOptions,
): Promise<Result<CalledPipeline, Failure>> {
  const workspace = openWorkspace(workspaceFolder(options));
  if (!workspace.ok) {
    return workspace;
  }
  const loaded = await loadRecipeMemoised({
    nameOrFile,
    settings: options.set,
    with: options.with,
    workingFolder: workingFolder(),
    memoFolder: join(workspace.value.state, 'recipes'),
  });
  if (!loaded.ok) {
    return loaded;
  }
  const steps = await assemble(loaded.value.recipe);
  return steps.ok
    ? success({ recipe: loaded.value.recipe, steps: steps.value, workspace: workspace.value.folder })
    : failed(steps.failure);
}

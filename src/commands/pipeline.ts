import { join } from 'node:path';
import type { Failure } from '../core/failure.js';
import { success, type Result } from '../core/result.js';
import type { Step } from '../core/step.js';
import { openWorkspace } from '../engine/index.js';
import type { RecipeLock } from '../recipe/lock.js';
import { lockablesOf } from '../recipe/lockable.js';
import { assemble, type Held } from '../steps/pipeline.js';
import { loadRecipeMemoised } from '../recipe/memo.js';
import type { LoadedRecipe } from '../recipe/request.js';
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
  /** What bootlap.lock holds; missing where the recipe has nothing that could be held. */
  readonly lock?: RecipeLock;
  /** True: `--set` or `--with` lie over the recipe. */
  readonly isOneOff?: boolean;
  /** What was settled on the way and the user should see. */
  readonly notices?: readonly string[];
  /** True: no pin may move, and none may be made. */
  readonly frozen?: true;
}

/** Opens the workspace, loads the recipe, reads its lock and lines up its steps. */
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
  const isOneOff = options.set.length + options.with.length > 0;
  const called = await lineUp(nameOrFile, loaded.value, workspace.value.folder);
  if (!called.ok) {
    return called;
  }
  const { lock: _lock, ...rest } = called.value;
  return options.frozen === true ? frozen({ ...rest, isOneOff }) : success({ ...called.value, isOneOff });
}

/** Reads the lock of a recipe that is loaded and lines up its steps. */
export async function lineUp(
  nameOrFile: string,
  loaded: LoadedRecipe,
  workspace: string,
): Promise<Result<CalledPipeline, Failure>> {
  const { recipe } = loaded;
  const locked = await readLock(nameOrFile, loaded);
  if (!locked.ok) {
    return locked;
  }
  const { lock, held } = locked.value;
  const steps = await assemble(recipe, held);
  return steps.ok ? success({ recipe, steps: steps.value, workspace, ...(lock && { lock }) }) : steps;
}

/** Without the lock, which nobody may write then: what it holds is in the steps. */
async function frozen(called: CalledPipeline): Promise<Result<CalledPipeline, Failure>> {
  const { frozenSteps } = await import('./frozen.js');
  return success({ ...called, steps: frozenSteps(called.steps), frozen: true });
}

interface Locked {
  readonly lock?: RecipeLock;
  readonly held: Held;
}

/** Most recipes have nothing that could be held: they do without the lock and its code. */
async function readLock(nameOrFile: string, { recipe, files }: LoadedRecipe): Promise<Result<Locked, Failure>> {
  const lockables = lockablesOf(recipe);
  const [recipeFile] = files;
  if (lockables.length === 0 || recipeFile === undefined) {
    return success({ held: new Map() });
  }
  const { heldEntries, readRecipeLock } = await import('../recipe/lock.js');
  const wanted = { nameOrFile, recipeFile, recipe: recipe.name, lockables, workingFolder: workingFolder() };
  const lock = readRecipeLock(wanted);
  return lock.ok ? success({ lock: lock.value, held: heldEntries(lock.value) }) : lock;
}

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { StepName } from '../core/step.js';
import { readTextIfThere } from '../system/files.js';
import { objectPath } from './outputs.js';
import { folderNames, readLastResult } from './record.js';
import { stepFileName, type Workspace } from './workspace.js';

/** The last log of a step. */
export interface LastLog {
  readonly path: string;
  readonly text: string;
  /** When it ended, ISO 8601. */
  readonly at: string;
}

/**
 * The log of a step's last run in this workspace, failed or not; where it only ever was restored, the log of the run
 * that made the result. `undefined` where it never ran. Throws system errors.
 * @param recipes the names under which the step ran
 */
export function lastLog(workspace: Workspace, recipes: readonly string[], step: StepName): LastLog | undefined {
  return (
    latestOfRuns(workspace, recipes, step) ??
    recipes.map((recipe) => recorded(workspace, recipe, step)).find((log) => log !== undefined)
  );
}

function latestOfRuns(workspace: Workspace, recipes: readonly string[], step: StepName): LastLog | undefined {
  const runs = folderNames(workspace.runs).filter((run) => recipes.includes(recipeOfRun(run)));
  for (const run of runs.sort().reverse()) {
    const path = join(workspace.runs, run, 'logs', `${stepFileName(step)}.log`);
    const text = readTextIfThere(path);
    if (text !== undefined) {
      return { path, text, at: statSync(path).mtime.toISOString() };
    }
  }
  return undefined;
}

/** `20261122T095012Z-stock-1a2b` -> `stock`. */
function recipeOfRun(run: string): string {
  return run.slice(run.indexOf('-') + 1, run.lastIndexOf('-'));
}

function recorded(workspace: Workspace, recipe: string, step: StepName): LastLog | undefined {
  const last = readLastResult(workspace, recipe, step);
  if (last === undefined) {
    return undefined;
  }
  const path = objectPath(workspace, last.log);
  const text = readTextIfThere(path);
  return text === undefined ? undefined : { path, text, at: last.madeAt };
}

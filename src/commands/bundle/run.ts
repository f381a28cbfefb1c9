import { basename, dirname, join } from 'node:path';
import type { BundleIncomplete } from '../../core/failures/bundle.js';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { workspaceAt } from '../../engine/index.js';
import type { Recipe } from '../../recipe/schema.js';
import { assemble } from '../../steps/pipeline.js';
import { attempt, readJsonIfThere } from '../../system/files.js';
import type { NamedRun } from '../compare/named.js';
import { resultsOf, type EndedStep, type WhatIsBundled } from './bundled.js';

/** What a run made, whatever has been run since: its record names the results, and the cache has them. */
export async function bundleOfRun({ name, summaryFile }: NamedRun): Promise<Result<WhatIsBundled, Failure>> {
  const folder = dirname(summaryFile);
  const record = attempt(folder, () => readRecord(folder, name));
  const known = record.ok ? record.value : record;
  if (!known.ok) {
    return known;
  }
  const { recipe, ends } = known.value;
  const steps = await assemble(recipe);
  if (!steps.ok) {
    return steps;
  }
  // `runs/<id>` of a workspace.
  const workspace = workspaceAt(dirname(dirname(folder)));
  const results = resultsOf(workspace, ends, `bootlap run ${recipe.name}`);
  return results.ok ? success({ recipe, steps: steps.value, results: results.value }) : results;
}

interface RunRecord {
  readonly recipe: Recipe;
  readonly ends: readonly EndedStep[];
}

function readRecord(folder: string, name: string): Result<RunRecord, Failure> {
  const run = readJsonIfThere(join(folder, 'run.json')) as { steps?: readonly EndedStep[] } | undefined;
  const recipe = readJsonIfThere(join(folder, 'recipe.json')) as unknown as Recipe | undefined;
  const lacking = run?.steps === undefined ? 'run.json' : recipe === undefined ? 'recipe.json' : undefined;
  return lacking === undefined && run?.steps !== undefined && recipe !== undefined
    ? success({ recipe, ends: run.steps })
    : failed(notRecorded(lacking ?? 'run.json', name));
}

function notRecorded(missing: string, name: string): BundleIncomplete {
  const detail = `the run ${basename(name)} has none: it is not one of a recipe, or an earlier bootlap made it`;
  return { reason: 'bundle-incomplete', missing, detail, command: 'bootlap run RECIPE' };
}

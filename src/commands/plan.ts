import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import { success, type Result } from '../core/result.js';
import { planPipeline, type PlannedStep, type PlanRequest, type Selection } from '../engine/index.js';
import { uniqueSuffix } from '../system/files.js';
import { planLines } from '../ui/plan-table.js';
import {
  addRecipeOptions,
  addSharedCacheOptions,
  collect,
  DEFAULT_RECIPE,
  type RecipeOptions,
  type SharedCacheOptions,
} from './options.js';
import { ccacheMode } from './ccache-mode.js';
import { callPipeline, type CalledPipeline } from './pipeline.js';
import { ccacheInPlan, compiles } from './plan/ccache-line.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';
import { shareFor } from './share.js';

interface PlanOptions extends RecipeOptions, Selection, SharedCacheOptions {
  readonly json?: true;
  readonly offline?: true;
  readonly cacheKey?: true;
}

const EXAMPLES = `
Nothing runs, and nothing is fetched. Where there is no workspace yet, its folder is made. A shared cache is asked for
what is stale; what depends on a pin that is yet to be settled is not known before.

States: fresh (nothing to do), restorable (made before, will be taken from the cache), stale (will run).

Examples:
  bootlap plan
  bootlap plan --with kernel=~/linux           what a tree of your own would cost
  bootlap plan --json | jq -r 'select(.state == "stale") | .step'
  bootlap plan ./mine.yaml --cache-key         for the cache of a CI service (docs/ci.md)`;

/** `bootlap plan [recipe|file]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('[recipe]', 'name of a recipe that ships, or path of a recipe file', DEFAULT_RECIPE)
    .option('--only <step>', 'these steps alone (repeatable)', collect, [])
    .option('--from <step>', 'these steps and those that follow from them (repeatable)', collect, [])
    .option('--until <step>', 'these steps and those that they need (repeatable)', collect, [])
    .option('--force <step>', 'as if these steps had changed (repeatable)', collect, []);
  addSharedCacheOptions(addRecipeOptions(command))
    .option('--offline', 'do not ask the shared cache')
    .option('--json', 'print one JSON object for each step')
    .option('--cache-key', 'print the key of a CI cache for this recipe instead, then the keys to fall back on')
    .addHelpText('after', EXAMPLES)
    .action(async (recipe: string, options: PlanOptions) => report(await plan(session, recipe, options)));
}

async function plan(session: Session, nameOrFile: string, options: PlanOptions): Promise<ExitStatus> {
  const pipeline = await callPipeline(nameOrFile, options);
  if (!pipeline.ok) {
    return fail(session, pipeline.failure);
  }
  const { recipe, steps, workspace } = pipeline.value;
  const { only, from, until, force, json } = options;
  const refused = await refusal(pipeline.value, { only, from, until, force });
  if (refused !== undefined) {
    return fail(session, refused);
  }
  if (options.cacheKey === true) {
    const { printCacheKey } = await import('./plan/cache-key.js');
    return printCacheKey(session, pipeline.value, json === true);
  }
  const request = { recipe: recipe.name, steps, workspace, selection: { only, from, until, force } };
  const planned = await askAndPlan({ session, options, pipeline: pipeline.value }, request);
  if (!planned.ok) {
    return fail(session, planned.failure);
  }
  const chosen = planned.value.filter(({ selected }) => selected);
  const ccache = await ccacheForPlan(chosen, workspace);
  if (!ccache.ok) {
    return fail(session, ccache.failure);
  }
  const lines = json === true ? recordLines(chosen, ccache.value) : planLines(chosen, session.output, ccache.value);
  session.output.write(`${lines.join('\n')}\n`);
  return EXIT_STATUS.done;
}

interface Call {
  readonly session: Session;
  readonly options: PlanOptions;
  readonly pipeline: CalledPipeline;
}

/** Without a shared cache, none of its code is loaded. */
async function askAndPlan(
  { session, options, pipeline }: Call,
  request: PlanRequest,
): Promise<Result<PlannedStep[], Failure>> {
  const scratch = join(tmpdir(), `bootlap-plan-${uniqueSuffix()}`);
  const sharing = { workspace: pipeline.workspace, resolved: pipeline.recipe, scratch };
  const share = options.offline === true ? success(undefined) : await shareFor(options, sharing);
  if (!share.ok) {
    return share;
  }
  if (share.value === undefined) {
    return planPipeline(request);
  }
  const { planWithShared } = await import('./plan/shared.js');
  return planWithShared({ session, share: share.value, scratch }, request);
}

async function refusal(pipeline: CalledPipeline, selection: Selection): Promise<Failure | undefined> {
  return pipeline.frozen === true ? (await import('./frozen.js')).frozenRefusal(pipeline, selection) : undefined;
}

/** As a run would use it. */
async function ccacheForPlan(
  planned: readonly PlannedStep[],
  workspace: string,
): Promise<Result<string | undefined, Failure>> {
  if (!planned.some(compiles)) {
    return success(undefined);
  }
  const mode = await ccacheMode({}, workspace);
  if (!mode.ok) {
    return mode;
  }
  return success(mode.value === 'off' ? undefined : await ccacheInPlan(workspace));
}

function recordLines(planned: readonly PlannedStep[], ccache: string | undefined): string[] {
  return planned.map((step) => JSON.stringify({ ...planRecord(step), ...(ccache && compiles(step) && { ccache }) }));
}

function planRecord({ step, state, because, fingerprint, expectedSeconds, madeAt, from }: PlannedStep): object {
  return { step: step.name, state, because, expectedSeconds, fingerprint, madeAt, from };
}

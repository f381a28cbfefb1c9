import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import { nearest } from '../core/nearest.js';
import { lastLog, workspaceAt } from '../engine/index.js';
import { attempt } from '../system/files.js';
import { addRecipeOptions, DEFAULT_RECIPE, type RecipeOptions } from './options.js';
import { callPipeline, type CalledPipeline } from './pipeline.js';
import { COMPARISON, nameOfSecond } from './compare/run-names.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';

interface LogsOptions extends RecipeOptions {
  readonly path?: true;
}

const EXAMPLES = `
Examples:
  bootlap logs make:kernel                          its last run, in a comparison too, of whichever side came last
  bootlap logs compare                              the boots of the last comparison of two recipes
  less "$(bootlap logs make:kernel --path)"`;

/** `bootlap logs STEP [recipe|file]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('<step>', 'name of the step, such as make:kernel')
    .argument('[recipe]', 'name of a recipe that ships, or path of a recipe file', DEFAULT_RECIPE);
  addRecipeOptions(command)
    .option('--path', 'print where the log lies instead')
    .addHelpText('after', EXAMPLES)
    .action(async (step: string, recipe: string, options: LogsOptions) => {
      const pipeline = await callPipeline(recipe, options);
      report(
        await (pipeline.ok ? printLog(session, pipeline.value, { step, ...options }) : fail(session, pipeline.failure)),
      );
    });
}

const HOW_TO_COMPARE = 'a comparison of two recipes runs it: "bootlap compare stock --set-b machine.memory=256"';

async function printLog(
  session: Session,
  pipeline: CalledPipeline,
  wish: { step: string; path?: true },
): Promise<ExitStatus> {
  const { step } = wish;
  const known = [...pipeline.steps.map(({ name }) => name), COMPARISON];
  if (!known.includes(step)) {
    const near = nearest(step, known);
    const nearestStep = near === undefined ? {} : { nearest: near };
    return fail(session, { reason: 'step-unknown', option: 'the step', pattern: step, known, ...nearestStep });
  }
  const { name } = pipeline.recipe;
  const recipes = step === COMPARISON ? [COMPARISON] : [name, nameOfSecond(name)];
  const log = attempt(pipeline.workspace, () => lastLog(workspaceAt(pipeline.workspace), recipes, step));
  if (!log.ok) {
    return fail(session, log.failure);
  }
  if (log.value === undefined) {
    const hint = step === COMPARISON ? HOW_TO_COMPARE : `"bootlap run ${name} --until ${step}" runs it`;
    return fail(session, { reason: 'usage', message: `${step} has no log: it never ran in this workspace`, hint });
  }
  session.output.write(wish.path === true ? `${log.value.path}\n` : log.value.text);
  return EXIT_STATUS.done;
}

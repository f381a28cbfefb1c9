import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import { EVERYTHING, explainStep } from '../engine/index.js';
import { explanationLines } from '../ui/explanation.js';
import { addRecipeOptions, DEFAULT_RECIPE, type RecipeOptions } from './options.js';
import { callPipeline } from './pipeline.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';

interface WhyOptions extends RecipeOptions {
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  bootlap why make:kernel
  bootlap why measure ./mine.yaml --set measure.boots=50`;

/** `bootlap why STEP [recipe|file]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('<step>', 'name of the step, such as make:kernel')
    .argument('[recipe]', 'name of a recipe that ships, or path of a recipe file', DEFAULT_RECIPE);
  addRecipeOptions(command)
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (step: string, recipe: string, options: WhyOptions) =>
      report(await why({ session, step, recipe, options })),
    );
}

interface Question {
  readonly session: Session;
  readonly step: string;
  readonly recipe: string;
  readonly options: WhyOptions;
}

async function why({ session, step, recipe, options }: Question): Promise<ExitStatus> {
  const pipeline = await callPipeline(recipe, options);
  if (!pipeline.ok) {
    return fail(session, pipeline.failure);
  }
  const { steps, workspace } = pipeline.value;
  const request = { recipe: pipeline.value.recipe.name, steps, workspace, selection: EVERYTHING };
  const explained = await explainStep(request, step);
  if (!explained.ok) {
    return fail(session, explained.failure);
  }
  const { state, because, changes, lastMadeAt, lastFrom, fingerprint } = explained.value;
  const lines =
    options.json === true
      ? [JSON.stringify({ step, state, because, lastMadeAt, lastFrom, fingerprint, changes })]
      : explanationLines(explained.value, session.output, Date.now());
  session.output.write(`${lines.join('\n')}\n`);
  return EXIT_STATUS.done;
}

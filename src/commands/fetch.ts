import type { Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { Step } from '../core/step.js';
import type { Selection } from '../engine/index.js';
import { addExecutionOptions, DEFAULT_RECIPE, forcedByUpdate, type ExecutionOptions } from './options.js';
import { callPipeline } from './pipeline.js';
import { runShown } from './run-shown.js';
import type { Session } from './session.js';

const EXAMPLES = `
Examples:
  bootlap fetch && bootlap run --offline
  bootlap fetch ./mine.yaml
  bootlap fetch --update                       also look for newer packages and commits`;

/** `bootlap fetch [recipe|file]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command.argument('[recipe]', 'name of a recipe that ships, or path of a recipe file', DEFAULT_RECIPE);
  addExecutionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (recipe: string, options: ExecutionOptions) => {
      const selection = (steps: readonly Step[]): Selection => networkSteps(steps, options);
      const pipeline = (): ReturnType<typeof callPipeline> => callPipeline(recipe, options);
      report(await runShown({ session, options, pipeline, selection, offline: false, keepGoing: true }));
    });
}

function networkSteps(steps: readonly Step[], options: ExecutionOptions): Selection {
  const only = steps.filter((step) => step.lane === 'network').map((step) => step.name);
  return { only, from: [], until: [], force: forcedByUpdate(steps, options) };
}

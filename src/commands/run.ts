import type { Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { Step } from '../core/step.js';
import type { Selection } from '../engine/index.js';
import { addExecutionOptions, collect, DEFAULT_RECIPE, forcedByUpdate, type ExecutionOptions } from './options.js';
import { callPipeline } from './pipeline.js';
import { runShown } from './run-shown.js';
import type { Session } from './session.js';

interface RunOptions extends ExecutionOptions {
  readonly only: readonly string[];
  readonly from: readonly string[];
  readonly until: readonly string[];
  readonly force: readonly string[];
  readonly offline?: true;
  readonly keepGoing?: true;
}

const EXAMPLES = `
STEP is a name such as make:kernel, or a glob in quotes such as 'make:*'.

Examples:
  bootlap run                                  the recipe "stock"
  bootlap run ./mine.yaml                      a recipe of your own
  bootlap run --set measure.boots=200          more boots
  bootlap run --set machine.accel=tcg          without KVM
  bootlap run --with kernel=~/linux            a kernel tree of your own, with its uncommitted changes
  bootlap run --force measure                  boot again, although nothing has changed
  bootlap run --until 'make:*'                 build, but do not boot
  bootlap run --json | jq -c 'select(.event == "step")'`;

/** `bootlap run [recipe|file]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('[recipe]', 'name of a recipe that ships, or path of a recipe file', DEFAULT_RECIPE)
    .option('--only <step>', 'run these steps alone (repeatable)', collect, [])
    .option('--from <step>', 'run these steps and those that follow from them (repeatable)', collect, [])
    .option('--until <step>', 'run these steps and those that they need (repeatable)', collect, [])
    .option('--force <step>', 'run these steps even where nothing has changed (repeatable)', collect, []);
  addExecutionOptions(command)
    .option('--offline', 'use no network; what would be needed from it is a failure')
    .option('--keep-going', 'after a failure, run the steps that do not depend on it')
    .addHelpText('after', EXAMPLES)
    .action(async (recipe: string, options: RunOptions) => report(await run(session, recipe, options)));
}

async function run(session: Session, recipe: string, options: RunOptions): Promise<ExitStatus> {
  const { only, from, until, force, offline = false, keepGoing = false } = options;
  const selection = (steps: readonly Step[]): Selection => ({
    only,
    from,
    until,
    force: [...force, ...forcedByUpdate(steps, options)],
  });
  const pipeline = (): ReturnType<typeof callPipeline> => callPipeline(recipe, options);
  return runShown({ session, options, pipeline, selection, offline, keepGoing });
}

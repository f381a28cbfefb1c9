import type { Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { Usage } from '../core/failures/recipe.js';
import { failed } from '../core/result.js';
import type { Step } from '../core/step.js';
import { matchesGlob, type Selection } from '../engine/index.js';
import { bootsThereLines } from './boots-there.js';
import { addExecutionOptions, collect, DEFAULT_RECIPE, forcedByUpdate, type ExecutionOptions } from './options.js';
import { callPipeline, type CalledPipeline } from './pipeline.js';
import { runShown } from './run-shown.js';
import type { Session } from './session.js';
import { addTuneOption, withTune, type TuneOption } from './tune.js';

interface RunOptions extends ExecutionOptions, TuneOption {
  readonly only: readonly string[];
  readonly from: readonly string[];
  readonly until: readonly string[];
  readonly force: readonly string[];
  readonly more?: string;
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
  bootlap run --tune                           with the processors at one pace while boots are timed
  bootlap run --with kernel=~/linux            a kernel tree of your own, with its uncommitted changes
  bootlap run --more 50                        add 50 boots to those that are there
  bootlap run --force measure                  boot again from the beginning, although nothing has changed
  bootlap run --until 'make:*'                 build, but do not boot
  bootlap run --json | jq -c 'select(.event == "step")'`;

/** `bootlap run [recipe|file]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('[recipe]', 'name of a recipe that ships, or path of a recipe file', DEFAULT_RECIPE)
    .option('--only <step>', 'run these steps alone (repeatable)', collect, [])
    .option('--from <step>', 'run these steps and those that follow from them (repeatable)', collect, [])
    .option('--until <step>', 'run these steps and those that they need (repeatable)', collect, [])
    .option('--force <step>', 'run these steps even where nothing has changed (repeatable)', collect, [])
    .option('--more <n>', 'add so many boots for each point to those that have been made with these settings');
  addExecutionOptions(addTuneOption(command))
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
  const pipeline = async (): ReturnType<typeof callPipeline> => {
    const contradiction = options.more === undefined ? undefined : whatBeginsAnew(options);
    if (contradiction !== undefined) {
      return failed(contradiction);
    }
    const called = await callPipeline(recipe, withTune(options));
    return called.ok && options.more !== undefined ? addBoots(called.value, options.more) : called;
  };
  const notes = options.more === undefined ? { notes: bootsThereLines } : {};
  return runShown({ session, options, pipeline, selection, offline, keepGoing, ...notes });
}

/** More can only be added to boots that stay. */
function whatBeginsAnew({ force, clean, more = '' }: RunOptions): Usage | undefined {
  const forcing = force.find((pattern) => matchesGlob('measure', pattern));
  const option = clean === true ? '--clean' : forcing === undefined ? undefined : `--force ${forcing}`;
  return option === undefined
    ? undefined
    : {
        reason: 'usage',
        message: `--more ${more} adds to the boots that are there, and ${option} throws them away`,
        hint: `leave one of the two away; for so many new ones: ${option} --set measure.boots=${more}`,
      };
}

async function addBoots(pipeline: CalledPipeline, more: string): ReturnType<typeof callPipeline> {
  const { withMoreBoots } = await import('./more-boots.js');
  return withMoreBoots(pipeline, more);
}

import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import { checkLines } from '../ui/check-lines.js';
import type { Check } from './doctor/check.js';
import { checkMachine } from './doctor/machine.js';
import { checkNeeds } from './doctor/needs.js';
import { checkNode } from './doctor/node-version.js';
import { checkPackageSources } from './doctor/packages.js';
import { askedRecipe, checkRecipe } from './doctor/recipe.js';
import { checkStorage } from './doctor/storage.js';
import { timerLines } from './doctor/timer-table.js';
import { addWorkspaceOption, type WorkspaceOption } from './options.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';
import { workspaceFolder } from './workspace-folder.js';

interface DoctorOptions extends WorkspaceOption {
  readonly json?: true;
  readonly timer?: true;
}

const EXAMPLES = `
Exit status: 0 when everything that the recipe (without one, "stock") needs is there, 3 when something is missing.

Examples:
  bootlap doctor
  bootlap doctor nemu                          what does that recipe need?
  bootlap doctor --timer
  bootlap doctor --json | jq -r 'select(.verdict != "ok") | .advice'`;

/** `bootlap doctor` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command.argument('[recipe]', 'a recipe that ships, or a recipe file, to check this machine for');
  addWorkspaceOption(command)
    .option('--json', 'print one JSON object for each check, or for each timer')
    .option('--timer', 'measure what timing itself costs: the stopwatch, the bare system calls, and hyperfine')
    .addHelpText('after', EXAMPLES)
    .action(async (recipe: string | undefined, options: DoctorOptions) =>
      report(await (options.timer === true ? compareTimers(session, options) : examine(session, options, recipe))),
    );
}

async function compareTimers(session: Session, { json }: DoctorOptions): Promise<ExitStatus> {
  const { timeTimers } = await import('./doctor/timer.js');
  const figures = await timeTimers(session.interruption());
  if (!figures.ok) {
    return fail(session, figures.failure);
  }
  const lines = json === true ? figures.value.map((each) => JSON.stringify(each)) : timerLines(figures.value);
  session.output.write(`${lines.join('\n')}\n`);
  return EXIT_STATUS.done;
}

async function examine(session: Session, options: DoctorOptions, nameOrFile?: string): Promise<ExitStatus> {
  const asked = nameOrFile === undefined ? undefined : await askedRecipe(nameOrFile);
  if (asked?.ok === false) {
    return fail(session, asked.failure);
  }
  const checks = [
    checkNode(),
    ...(await checkNeeds(asked === undefined ? undefined : (asked.value.ships ?? 'stock'))),
    ...(asked === undefined ? [] : checkRecipe(asked.value)),
    ...checkPackageSources(),
    ...checkStorage(workspaceFolder(options)),
    ...checkMachine(),
  ];
  const lines =
    options.json === true
      ? checks.map((check) => JSON.stringify(check))
      : checkLines(checks, session.output, asked?.value.recipe.name);
  session.output.write(`${lines.join('\n')}\n`);
  return worst(checks);
}

function worst(checks: readonly Check[]): ExitStatus {
  return checks.some(({ verdict }) => verdict === 'missing') ? EXIT_STATUS.hostNotFit : EXIT_STATUS.done;
}

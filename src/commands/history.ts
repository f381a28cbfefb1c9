import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import type { Usage } from '../core/failures/recipe.js';
import { nearest } from '../core/nearest.js';
import { failed, success, type Result } from '../core/result.js';
import { workspaceAt } from '../engine/index.js';
import { readHost } from '../measure/host.js';
import { quantitiesOf } from '../report/history/figures.js';
import { historyOf, type History } from '../report/history/history.js';
import { historyLines } from '../report/history/history-table.js';
import { workingFolder } from '../system/environment.js';
import { attempt, writeFileAtomically } from '../system/files.js';
import { wrap } from '../ui/wrap.js';
import { chooseRuns, type Chosen } from './history/choose.js';
import { lookUpIn } from './history/look-up.js';
import { readRuns } from './history/read-runs.js';
import { addWorkspaceOption, type WorkspaceOption } from './options.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';
import { widthOf } from './width.js';
import { workspaceFolder } from './workspace-folder.js';

interface HistoryOptions extends WorkspaceOption {
  readonly phase?: string;
  readonly like?: string;
  readonly limit: string;
  readonly html?: string;
  readonly json?: true;
}

const EXAMPLES = `
Runs count that measured on this host, under the conditions of the newest one; what was booted, and the host's kernel,
microcode and settings, may have changed in between, and is shown where it did. Comparisons are no runs: they boot by
turns.

Examples:
  bootlap history                          the recipe that ran last
  bootlap history stock --phase tKernel    one phase alone, for which fewer runs tell more
  bootlap history --html history.html      the same as a page with charts
  bootlap history --like 20260102T030405Z-stock-ab12      the runs under the conditions of that one`;

/** `bootlap history [recipe]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('[recipe]', 'name of a recipe, or path of its file; without it, the one that ran last')
    .option('--phase <name>', 'look at this phase alone, or at "total"')
    .option('--like <run>', 'take the runs under the conditions of this one, instead of the newest')
    .option('--limit <n>', 'show so many of the newest runs, and every change in all of them', '30')
    .option('--html <file>', 'write a page with charts, too')
    .option('--json', 'print one JSON object (docs/measurement-files.md)');
  addWorkspaceOption(command)
    .addHelpText('after', EXAMPLES)
    .action(async (recipe: string | undefined, options: HistoryOptions) =>
      report(await showHistory(session, recipe, options)),
    );
}

async function showHistory(session: Session, word: string | undefined, options: HistoryOptions): Promise<ExitStatus> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    const message = `--limit ${options.limit} is not a whole number of at least 1`;
    return fail(session, { reason: 'usage', message, hint: 'for example --limit 50' });
  }
  const history = await findHistory(word, options);
  if (!history.ok) {
    return fail(session, history.failure);
  }
  print(session, history.value, { limit, json: options.json === true });
  return options.html === undefined ? EXIT_STATUS.done : writePage(session, history.value, options.html);
}

async function findHistory(word: string | undefined, options: HistoryOptions): Promise<Result<History, Failure>> {
  const recipe = await recipeName(word);
  if (!recipe.ok) {
    return recipe;
  }
  const workspace = workspaceAt(workspaceFolder(options));
  const found = readRuns(workspace.runs);
  if (!found.ok) {
    return found;
  }
  const { like } = options;
  const choice = {
    ...(recipe.value === undefined ? {} : { recipe: recipe.value }),
    ...(like === undefined ? {} : { like }),
  };
  const chosen = chooseRuns(choice, { ...found.value, host: readHost(), folder: workspace.runs });
  if (!chosen.ok) {
    return chosen;
  }
  const wrong = unknownPhase(options.phase, chosen.value);
  if (wrong !== undefined) {
    return failed(wrong);
  }
  const only = options.phase === undefined ? {} : { only: options.phase };
  const lookUp = lookUpIn(workspace);
  return attempt(workspace.folder, () => historyOf({ ...chosen.value, ...only, lookUp }));
}

/** The name that a recipe's file says it has; another word is a name. */
async function recipeName(word: string | undefined): Promise<Result<string | undefined, Failure>> {
  if (word === undefined || !/[/\\]|\.ya?ml$/.test(word)) {
    return success(word);
  }
  const { loadRecipe } = await import('../recipe/load.js');
  const request = { nameOrFile: word, settings: [], with: [], workingFolder: workingFolder() };
  const loaded = await loadRecipe(request);
  return loaded.ok ? success(loaded.value.recipe.name) : loaded;
}

function unknownPhase(wanted: string | undefined, { sorted }: Chosen): Usage | undefined {
  const names = quantitiesOf(sorted.runs).map(({ name }) => name);
  if (wanted === undefined || names.includes(wanted)) {
    return undefined;
  }
  const near = nearest(wanted, names);
  const message = `there is no phase "${wanted}" that all of these runs have`;
  return {
    reason: 'usage',
    message,
    hint: near === undefined ? `there are ${names.join(', ')}` : `did you mean "${near}"?`,
  };
}

function print({ output }: Session, history: History, { limit, json }: { limit: number; json: boolean }): void {
  if (json) {
    output.write(`${JSON.stringify({ event: 'history', ...history })}\n`);
    return;
  }
  const width = widthOf(output);
  const lines = historyLines(history, { width, paint: output.paint, limit });
  output.write(`${lines.flatMap((line) => wrap(line, width, `${/^ */.exec(line)?.[0] ?? ''}  `)).join('\n')}\n`);
}

async function writePage(session: Session, history: History, file: string): Promise<ExitStatus> {
  const { historyPage } = await import('../report/html/history-page.js');
  const path = resolve(workingFolder(), file);
  const page = await historyPage(history);
  const written = attempt(path, () => writeFileAtomically(path, page));
  if (!written.ok) {
    return fail(session, written.failure);
  }
  session.errors.write(`written to ${path}\n`);
  return EXIT_STATUS.done;
}

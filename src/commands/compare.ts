import type { Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import type { Usage } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import { workspaceAt } from '../engine/index.js';
import type { Arms } from '../measure/interleaved-plan.js';
import { workingFolder } from '../system/environment.js';
import { whatIsNamed, type Named, type NamedRun } from './compare/named.js';
import type { RecipesOptions } from './compare/recipes-options.js';
import { compareRuns } from './compare/runs.js';
import { showComparison } from './compare/show.js';
import { readCompareWish, type CompareWish, type WishOptions } from './compare/wish.js';
import { stepAfterForce } from './force-word.js';
import { addJunitOption, addRecipeOptions, addSharedCacheOptions, addViewOptions, collect } from './options.js';
import { openRecorder, type Recorder } from './ci/recorder.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';
import { addTuneOption, withTune, type TuneOption } from './tune.js';
import { workspaceFolder } from './workspace-folder.js';

type CompareOptions = RecipesOptions & WishOptions & TuneOption;

const EXAMPLES = `
A and B are both measurements (the id of a run, "latest" for the newest one, the folder of a run, a summary.json), or both
recipes, which are built and then booted interleaved in one session: only that is fair to both. One recipe alone is
compared with itself as --set-b and --with-b change it.

Examples:
  bootlap compare stock --set-b machine.memory=256             what does less memory do?
  bootlap compare stock --with-b kernel=~/linux                a kernel of your own against the one of the recipe
  bootlap compare stock ./mine.yaml --set measure.boots=50     two recipes, 50 boots of each
  bootlap compare stock ./mine.yaml --set measure.until=1%     as many as it takes for intervals of 1 %
  bootlap compare 20260102T030405Z-stock-ab12 latest           two runs
  bootlap compare main/summary.json branch/summary.json --fail-if 'tKernel > +3%' --fail-if 'total > +20ms'`;

/** `bootlap compare A [B]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('<a>', 'what B is held against: a run, a summary.json or a recipe')
    .argument('[b]', 'what is judged; without it, the recipe A with the settings for B')
    .option(
      '--fail-if <limit>',
      'end with 10 where B is beyond it, with 11 where the boots do not tell, such as "tKernel > +3%" (repeatable)',
      collect,
      [],
    )
    .option('--threshold <difference>', 'differences up to this one are of no practical worth', '1%')
    .option('--allow-different', 'compare although host, machine or method differ, and mark the report');
  addSideOptions(addRecipeOptions(command))
    .option('--force', 'boot again, although nothing has changed')
    .option('--offline', 'use no network; what would be needed from it is a failure')
    .option('--jobs <n>', 'how many jobs all builds together may run (default: one for each processor)');
  addViewOptions(addSharedCacheOptions(addJunitOption(addTuneOption(command))))
    .addHelpText('after', EXAMPLES)
    .action(async (a: string, b: string | undefined, options: CompareOptions) =>
      report(await compare(session, [a, b], withTune(options))),
    );
}

function addSideOptions(command: Command): Command {
  return command
    .option('--set-a <key=value>', 'like --set, for A alone (repeatable)', collect, [])
    .option('--set-b <key=value>', 'like --set, for B alone (repeatable)', collect, [])
    .option('--with-a <component=path>', 'like --with, for A alone (repeatable)', collect, [])
    .option('--with-b <component=path>', 'like --with, for B alone (repeatable)', collect, []);
}

/** What is compared: two measurements that are there, or two recipes that have to be measured. */
type Sides =
  | { readonly kind: 'runs'; readonly runs: Arms<NamedRun> }
  | { readonly kind: 'recipes'; readonly recipes: Arms<string> };

async function compare(
  session: Session,
  words: readonly [string, string | undefined],
  options: CompareOptions,
): Promise<ExitStatus> {
  const recorder = openRecorder(session, options);
  const status = await compareRecorded({ session, recorder }, words, options);
  return recorder === undefined ? status : recorder.end(status);
}

/** Who hears of a comparison. */
interface Audience {
  readonly session: Session;
  readonly recorder: Recorder | undefined;
}

async function compareRecorded(
  audience: Audience,
  words: readonly [string, string | undefined],
  options: CompareOptions,
): Promise<ExitStatus> {
  const wish = readCompareWish(options);
  if (!wish.ok) {
    return stop(audience, wish.failure);
  }
  const sides = sidesOf(words, options);
  if (!sides.ok) {
    return stop(audience, sides.failure);
  }
  if (sides.value.kind === 'runs') {
    return compareMeasured(audience, { ...sides.value.runs, wish: wish.value }, options);
  }
  const { compareRecipes } = await import('./compare/recipes.js');
  return compareRecipes({ ...audience, recipes: sides.value.recipes, options, wish: wish.value });
}

function stop({ session, recorder }: Audience, failure: Failure): Promise<ExitStatus> {
  recorder?.stopped(failure);
  return fail(session, failure);
}

function sidesOf(
  [first, second]: readonly [string, string | undefined],
  options: CompareOptions,
): Result<Sides, Failure> {
  const places = { runs: workspaceAt(workspaceFolder(options)).runs, workingFolder: workingFolder() };
  const step = stepAfterForce([first, second], options.force === true);
  if (step !== undefined) {
    return failed(step);
  }
  const a = whatIsNamed(first, places);
  if (!a.ok) {
    return a;
  }
  const b = second === undefined ? a : whatIsNamed(second, places);
  return b.ok ? pairOf(a.value, b.value, { options, alone: second === undefined }) : b;
}

function pairOf(a: Named, b: Named, call: { options: CompareOptions; alone: boolean }): Result<Sides, Usage> {
  if (a.kind === 'recipe' && b.kind === 'recipe') {
    const unchanged = call.alone && settingsOfOneSide(call.options).length === 0;
    return unchanged
      ? failed({ reason: 'usage', message: `there is nothing to compare ${a.nameOrFile} with`, hint: HOW_TO_CHANGE })
      : success({ kind: 'recipes', recipes: { a: a.nameOrFile, b: b.nameOrFile } });
  }
  if (a.kind === 'recipe' || b.kind === 'recipe') {
    const message = 'a measurement that is over and a recipe cannot be measured together';
    return failed({ reason: 'usage', message, hint: HOW_TO_MIX });
  }
  if (call.alone) {
    return failed({ reason: 'usage', message: 'there is nothing to compare this measurement with', hint: HOW_TO_MIX });
  }
  const settings = [...call.options.set, ...call.options.with, ...settingsOfOneSide(call.options)];
  return settings.length === 0
    ? success({ kind: 'runs', runs: { a, b } })
    : failed({
        reason: 'usage',
        message: `${settings.join(', ')} cannot be set: A and B are measured already`,
        hint: HOW_TO_MIX,
      });
}

const HOW_TO_CHANGE =
  'name a second recipe, or change something for B, such as --set-b machine.memory=256; the same recipe twice is an A/A comparison';
const HOW_TO_MIX =
  'name two measurements, such as "bootlap compare RUN latest", or two recipes, such as "bootlap compare stock ./mine.yaml"';

function settingsOfOneSide({ setA, setB, withA, withB }: CompareOptions): string[] {
  return [...setA, ...setB, ...withA, ...withB];
}

async function compareMeasured(
  audience: Audience,
  sides: Arms<NamedRun> & { readonly wish: CompareWish },
  options: CompareOptions,
): Promise<ExitStatus> {
  const different = options.allowDifferent === true ? 'allow' : 'refuse';
  const compared = await compareRuns({ ...sides, options, different, workspace: workspaceFolder(options) });
  if (!compared.ok) {
    return stop(audience, compared.failure);
  }
  const { document, folder } = compared.value;
  return showComparison(document, { ...audience, json: options.json === true, folder });
}

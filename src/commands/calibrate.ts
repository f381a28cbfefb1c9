import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import type { Usage } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import { openRecorder, type Recorder } from './ci/recorder.js';
import { stepAfterForce } from './force-word.js';
import {
  addJunitOption,
  addRecipeOptions,
  addSharedCacheOptions,
  addViewOptions,
  DEFAULT_RECIPE,
  type ExecutionOptions,
} from './options.js';
import { failAll } from './report-failure.js';
import { notBegun } from './run-shown.js';
import type { Session } from './session.js';
import { addTuneOption, withTune, type TuneOption } from './tune.js';

interface CalibrateOptions extends ExecutionOptions, TuneOption {
  readonly boots?: string;
  readonly force?: true;
  readonly offline?: true;
}

const EXAMPLES = `
One and the same VM is booted as both sides of a comparison, interleaved. What is found is the noise of this machine:
how small a difference n boots see, how many boots 1 % takes and how long that is, and what to do about what disturbs.

Exit status: 0 where the machine is fit, if only for greater differences; 3 where it is not.

Examples:
  bootlap calibrate                            the recipe "stock", with as many boots a side as it has
  bootlap calibrate --boots 100                more closely
  bootlap calibrate ./mine.yaml --force        boot again, although nothing has changed
  bootlap calibrate --json | jq -r 'select(.event == "calibration") | .fitness.suggestion.boots'`;

/** `bootlap calibrate [recipe|file]` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('[recipe]', 'name of a recipe that ships, or path of a recipe file', DEFAULT_RECIPE)
    .option('--boots <n>', 'how many boots a side, at least 10 (default: the measure.boots of the recipe)');
  addRecipeOptions(command)
    .option('--force', 'boot again, although nothing has changed')
    .option('--offline', 'use no network; what would be needed from it is a failure')
    .option('--jobs <n>', 'how many jobs all builds together may run (default: one for each processor)');
  addViewOptions(addSharedCacheOptions(addJunitOption(addTuneOption(command))))
    .addHelpText('after', EXAMPLES)
    .action(async (recipe: string, options: CalibrateOptions) =>
      report(await calibrate(session, recipe, withTune(options))),
    );
}

async function calibrate(session: Session, recipe: string, options: CalibrateOptions): Promise<ExitStatus> {
  const recorder = openRecorder(session, options);
  const status = await calibrateRecorded({ session, recipe, options, recorder });
  return recorder === undefined ? status : recorder.end(status);
}

interface Call {
  readonly session: Session;
  readonly recipe: string;
  readonly options: CalibrateOptions;
  readonly recorder: Recorder | undefined;
}

async function calibrateRecorded(call: Call): Promise<ExitStatus> {
  const { session, options } = call;
  const step = stepAfterForce([call.recipe], options.force === true);
  const boots = step === undefined ? bootsOf(options) : failed(step);
  if (!boots.ok) {
    return notBegun(call, boots.failure);
  }
  const { measureAgainstItself } = await import('./calibrate/measure.js');
  const measured = await measureAgainstItself({ ...call, ...boots.value });
  if (!measured.ok) {
    const { failures, told } = measured.failure;
    const [first] = failures;
    return told || first === undefined ? failAll(session, failures) : notBegun(call, first.failure);
  }
  const { showCalibration } = await import('./calibrate/show.js');
  showCalibration(measured.value, { session, json: options.json === true });
  const { verdict } = measured.value.document.fitness;
  return verdict === 'unfit' ? EXIT_STATUS.hostNotFit : EXIT_STATUS.done;
}

/** Of fewer boots, the noise is not known well enough to say what more of them would see. */
const FEWEST = 10;

function bootsOf({ boots }: CalibrateOptions): Result<{ readonly boots?: number }, Usage> {
  if (boots === undefined) {
    return success({});
  }
  return /^\d{1,5}$/.test(boots) && Number(boots) >= FEWEST
    ? success({ boots: Number(boots) })
    : failed({
        reason: 'usage',
        message: `--boots ${boots} is not a whole number of at least ${FEWEST}`,
        hint: 'for example --boots 50',
      });
}

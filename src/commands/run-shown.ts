import { availableParallelism } from 'node:os';
import type { StepFailure } from '../core/event.js';
import type { ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import type { Usage } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import type { Step, StepName } from '../core/step.js';
import {
  runPipeline,
  select,
  type Lock,
  type PipelineRequest,
  type ResultFile,
  type RunLink,
  type RunOutcome,
  type Selection,
} from '../engine/index.js';
import { openRunView } from '../ui/run-view.js';
import type { RunView } from '../ui/view.js';
import { RESULT_FILES } from '../steps/pipeline.js';
import type { Origins, PlacedFailure } from './ci/place.js';
import { openRecorder, type Recorder } from './ci/recorder.js';
import { lazyJobBudget } from './job-budget.js';
import { outcomeLines } from './outcome.js';
import type { CalledPipeline } from './pipeline.js';
import { failAll, type Advice } from './report-failure.js';
import { ccacheMode } from './ccache-mode.js';
import type { CcacheOption, ExecutionOptions, SharedCacheOptions, ViewOptions } from './options.js';
import type { Session } from './session.js';
import { shareFor } from './share.js';
import { putBackLeftovers } from './tune.js';

/** How steps are run and shown. */
export interface RunManner {
  readonly session: Session;
  readonly options: ViewOptions &
    Pick<ExecutionOptions, 'jobs' | 'clean' | 'junit'> &
    SharedCacheOptions &
    CcacheOption;
  /** Which steps; may depend on which there are. */
  selection(steps: readonly Step[]): Selection;
  readonly offline: boolean;
  readonly keepGoing: boolean;
  /** How results are shared, where that is settled; else options, environment and recipe say it. */
  readonly share?: PipelineRequest['share'];
  /** The workspace's lock, where it is held for several runs in a row. */
  readonly lock?: Lock;
  /** Hears of what comes of it. */
  readonly recorder?: Recorder | undefined;
}

/** What a run takes of a pipeline. */
export interface RunnablePipeline extends Omit<CalledPipeline, 'recipe'> {
  /** The name by which its outputs lie in the workspace. */
  readonly recipe: Pick<CalledPipeline['recipe'], 'name'>;
  /** The recipe as it was resolved, for the run's record. */
  readonly resolved?: CalledPipeline['recipe'];
  /** Outputs that are copied into the run's folder; without it those of a measurement. */
  readonly results?: readonly ResultFile[];
  /** By which name the run is found as the newest; without it `latest`. */
  readonly link?: RunLink;
}

/** A run as the command line asks for it. */
export interface ShownRun extends RunManner {
  /** What is to be run. */
  pipeline(): Promise<Result<CalledPipeline, Failure>>;
  /** Lines before the figures. */
  lead?(outcome: RunOutcome, pipeline: CalledPipeline): readonly string[];
  /** Lines after the figures. */
  notes?(outcome: RunOutcome, pipeline: CalledPipeline): Promise<readonly string[]>;
  /** The next thing to try after a failure, where it is another than usual. */
  advice?: Advice;
}

/** Runs a pipeline's steps, shows them while they run and what came of it at the end; gives the exit status. */
export async function runShown(request: ShownRun): Promise<ExitStatus> {
  const recorder = openRecorder(request.session, request.options);
  const status = await runRecorded({ ...request, recorder });
  return recorder === undefined ? status : recorder.end(status);
}

async function runRecorded(request: ShownRun): Promise<ExitStatus> {
  const jobs = jobCount(request.options);
  const pipeline = jobs.ok ? await request.pipeline() : jobs;
  if (!pipeline.ok) {
    return notBegun(request, pipeline.failure);
  }
  const outcome = await watchRun(request, { ...pipeline.value, resolved: pipeline.value.recipe });
  return outcome.ok ? showOutcome(request, pipeline.value, outcome.value) : notBegun(request, outcome.failure);
}

/** The number that `--jobs` gives, or the number of processors. Fails with `usage`. */
function jobCount({ jobs }: Pick<ExecutionOptions, 'jobs'>): Result<number, Usage> {
  if (jobs === undefined) {
    return success(availableParallelism());
  }
  return /^[1-9]\d{0,3}$/.test(jobs)
    ? success(Number(jobs))
    : failed({
        reason: 'usage',
        message: `--jobs ${jobs} is not a whole number of at least 1`,
        hint: 'for example --jobs 4',
      });
}

/** Runs a pipeline's steps and shows them while they run. Fails where it could not begin. */
export async function watchRun(request: RunManner, pipeline: RunnablePipeline): Promise<Result<RunOutcome, Failure>> {
  if (pipeline.frozen === true) {
    const { frozenRefusal } = await import('./frozen.js');
    const refused = await frozenRefusal(pipeline, request.selection(pipeline.steps));
    if (refused !== undefined) {
      return failed(refused);
    }
  }
  const outcome = await watchUnrecorded(request, pipeline);
  const selected = select(pipeline.steps, request.selection(pipeline.steps));
  if (outcome.ok && selected.ok) {
    const asked = pipeline.steps.filter(({ name }) => selected.value.steps.has(name));
    request.recorder?.ran(pipeline.recipe.name, outcome.value, asked);
  }
  return outcome;
}

async function watchUnrecorded(request: RunManner, pipeline: RunnablePipeline): Promise<Result<RunOutcome, Failure>> {
  const { session, options } = request;
  const checked = await check(request, pipeline);
  if (!checked.ok) {
    return checked;
  }
  const { jobs, selection, selected, share, ccache } = checked.value;
  const notices = [...(pipeline.notices ?? []), ...(await putBackLeftovers())];
  const view = await openView(request, pipeline, selected);
  const signal = session.interruption();
  const tell = (): void => tellOfInterruption(view, signal);
  signal.addEventListener('abort', tell);
  const follow = await lockKeeper(pipeline);
  try {
    return await runPipeline({
      recipe: pipeline.recipe.name,
      steps: pipeline.steps,
      workspace: pipeline.workspace,
      selection,
      signal,
      sink: view.sink,
      ...(follow && { follow }),
      ...(share && { share }),
      ccache,
      jobs: lazyJobBudget(jobs),
      ...recordOf({ ...pipeline, notices }),
      offline: request.offline,
      clean: options.clean === true,
      keepGoing: request.keepGoing,
      wait: options.wait,
      command: session.commandLine,
      ...(request.lock && { lock: request.lock }),
    });
  } finally {
    // The next run of the same command has a view of its own.
    signal.removeEventListener('abort', tell);
    await view.close();
  }
}

interface Checked {
  readonly jobs: number;
  readonly selection: Selection;
  readonly selected: ReadonlySet<StepName>;
  readonly share: PipelineRequest['share'];
  readonly ccache: PipelineRequest['ccache'] & string;
}

/** What is wrong with the options shows before anything is drawn. */
async function check(request: RunManner, pipeline: RunnablePipeline): Promise<Result<Checked, Failure>> {
  const jobs = jobCount(request.options);
  if (!jobs.ok) {
    return jobs;
  }
  const selection = request.selection(pipeline.steps);
  const selected = select(pipeline.steps, selection);
  if (!selected.ok) {
    return selected;
  }
  const ccache = await ccacheMode(request.options, pipeline.workspace);
  if (!ccache.ok) {
    return ccache;
  }
  const share = request.share === undefined ? await shareFor(request.options, pipeline) : success(request.share);
  return share.ok
    ? success({
        jobs: jobs.value,
        selection,
        selected: selected.value.steps,
        share: share.value,
        ccache: ccache.value,
      })
    : share;
}

/** What a run keeps besides the outputs of its steps. */
function recordOf({
  results = RESULT_FILES,
  resolved,
  notices = [],
  link,
}: RunnablePipeline): Pick<PipelineRequest, 'results' | 'document' | 'notices' | 'link'> {
  return { results, notices, ...(resolved && { document: resolved }), ...(link && { link }) };
}

async function lockKeeper({
  lock,
  isOneOff = false,
  workspace,
  recipe,
}: RunnablePipeline): Promise<PipelineRequest['follow'] | undefined> {
  if (lock === undefined) {
    return undefined;
  }
  const { keepingLock } = await import('./keep-lock.js');
  return keepingLock({ lock, isOneOff, workspace, outName: recipe.name });
}

function openView(
  { session, options }: RunManner,
  pipeline: RunnablePipeline,
  selected: ReadonlySet<StepName>,
): Promise<RunView> {
  const { json = false, verbose = false } = options;
  const steps = pipeline.steps.filter(({ name }) => selected.has(name));
  return openRunView({ terminal: session.output, steps, json, verbose, now: Date.now });
}

function tellOfInterruption(view: RunView, signal: AbortSignal): void {
  const text = `${String(signal.reason)}: ending what is running; a second one ends at once`;
  view.sink({ event: 'notice', level: 'warning', text });
}

async function showOutcome(request: ShownRun, pipeline: CalledPipeline, outcome: RunOutcome): Promise<ExitStatus> {
  const { session, options, advice } = request;
  if (options.json !== true) {
    const notes = (await request.notes?.(outcome, pipeline)) ?? [];
    const lines = [...(request.lead?.(outcome, pipeline) ?? []), ...outcomeLines(outcome, session.output, { notes })];
    session.output.write(`${lines.join('\n')}\n`);
  }
  return failAll(session, await withPlaces(session, outcome.failures, pipeline), advice);
}

/** Failures with the lines that they come from, where a job's service marks them there. */
export async function withPlaces(
  { errors }: Session,
  failures: readonly StepFailure[],
  origins: Origins,
): Promise<readonly PlacedFailure[]> {
  return errors.ci === undefined || failures.length === 0
    ? failures
    : (await import('./ci/place.js')).placed(failures, origins);
}

/** With `--json` a reader finds the same last line, whether or not the run could begin. */
export function notBegun(
  { session, options, advice, recorder }: Pick<ShownRun, 'session' | 'options' | 'advice' | 'recorder'>,
  failure: Failure,
): Promise<ExitStatus> {
  recorder?.stopped(failure);
  if (options.json === true) {
    session.output.write(`${JSON.stringify({ event: 'end', seconds: 0, failures: [{ failure }] })}\n`);
  }
  return failAll(session, [{ failure }], advice);
}

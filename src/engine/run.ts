import { accessSync, constants, mkdirSync } from 'node:fs';
import type { CompilationCache } from '../core/compilations.js';
import type { EventSink, RunEvent, StepEnd, StepFailure } from '../core/event.js';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import type { JobBudget, Step, StepName } from '../core/step.js';
import { attempt, attemptAsync, remove } from '../system/files.js';
import { evaluateAll, type Evaluation } from './evaluate.js';
import type { Execution } from './execute.js';
import { takeLock, type Lock } from './lock.js';
import { inOrder } from './order.js';
import {
  keepResult,
  makeRunFolder,
  recordEvent,
  writeJson,
  writePlan,
  type RunFolder,
  type RunLink,
} from './run-folder.js';
import { schedule } from './schedule.js';
import { select, type Selected, type Selection } from './selection.js';
import { openSession, outputPlace, type Session } from './session.js';
import type { SharedResults } from './shared.js';
import { offerOwed } from './take-shared.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** A pipeline to run. */
export interface PipelineRequest {
  /** The recipe's name: its outputs lie in `out/<recipe>/`. */
  readonly recipe: string;
  readonly steps: readonly Step[];
  /** Absolute path. */
  readonly workspace: string;
  readonly selection: Selection;
  readonly signal: AbortSignal;
  readonly sink: EventSink;
  readonly jobs: JobBudget;
  readonly offline: boolean;
  readonly clean: boolean;
  readonly keepGoing: boolean;
  /** False: another run in the workspace is a `workspace-busy` failure. */
  readonly wait: boolean;
  /** The workspace's lock, where the caller holds it for several runs in a row: nothing then comes in between. */
  readonly lock?: Lock;
  /** What we are, for others that wait for us. */
  readonly command: string;
  /** Outputs that are copied into the run's folder, under these names. */
  readonly results: readonly ResultFile[];
  /** What the steps were made from, as `recipe.json` of the run's record. */
  readonly document?: unknown;
  /** By which name the run is found as the newest; without it `latest`. */
  readonly link?: RunLink;
  /** Hears of each event, and may tell others: those are of the run as well. */
  readonly follow?: (event: RunEvent, tell: EventSink) => void;
  /** Opens what other machines have made; it tells its trouble as notices. */
  readonly share?: (tell: EventSink, signal: AbortSignal) => SharedResults;
  /** Whether what compilers make is kept by ccache, and where others' is used as well: `on`. Without it: not at all. */
  readonly ccache?: 'on' | 'local' | 'off';
  /** What was settled before the run and belongs to its record. */
  readonly notices?: readonly string[];
}

/** An output that a reader of the run's folder wants to find there. */
export interface ResultFile {
  readonly step: StepName;
  readonly output: string;
  readonly as: string;
}

/** What came of a run that began. */
export interface RunOutcome {
  readonly run: string;
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly seconds: number;
  readonly steps: readonly StepEnd[];
  readonly failures: readonly StepFailure[];
}

/**
 * Runs a pipeline in a workspace. Fails where it could not begin (selection, workspace, lock);
 * what fails later is in the outcome's `failures`.
 */
export async function runPipeline(request: PipelineRequest): Promise<Result<RunOutcome, Failure>> {
  const steps = inOrder(request.steps);
  const selected = select(steps, request.selection);
  if (!selected.ok) {
    return selected;
  }
  const workspace = openWorkspace(request.workspace);
  if (!workspace.ok) {
    return workspace;
  }
  const { signal, wait, command } = request;
  const onWait = (holder: { pid: number; command: string }): void => request.sink({ event: 'waiting', ...holder });
  const own = { folder: request.workspace, command, wait, signal, onWait };
  const lock = request.lock === undefined ? await takeLock(own) : success(NOT_OURS);
  if (!lock.ok) {
    return lock;
  }
  try {
    const work = (): Promise<Result<RunOutcome, Failure>> =>
      runLocked({ ...request, steps }, workspace.value, selected.value);
    const ran = await attemptAsync(request.workspace, work);
    return ran.ok ? ran.value : ran;
  } finally {
    await lock.value.release();
  }
}

/** What the caller holds, the caller lets go of. */
const NOT_OURS: Lock = { release: () => Promise.resolve() };

async function runLocked(
  request: PipelineRequest,
  workspace: Workspace,
  selected: Selected,
): Promise<Result<RunOutcome, Failure>> {
  const started = performance.now();
  const prepared = attempt(workspace.folder, () => {
    accessSync(workspace.folder, constants.W_OK);
    remove(workspace.staging);
    mkdirSync(workspace.staging, { recursive: true });
    return makeRunFolder(workspace, request.recipe, request.link ?? 'latest');
  });
  if (!prepared.ok) {
    return prepared;
  }
  const run = prepared.value;
  const sink = recordingSink(run, request);
  sink({ event: 'run', run: run.id, recipe: request.recipe, folder: run.path });
  request.notices?.forEach((text) => sink({ event: 'notice', level: 'info', text }));
  const session = await openSession(workspace, request.recipe, request.steps);
  const evaluations = evaluateAll(session, selected.forced);
  writePlan(run, evaluations.values());
  if (request.document !== undefined) {
    writeJson(run, 'recipe.json', request.document);
  }
  const gap = missingNeed(session, evaluations, selected);
  if (gap !== undefined) {
    return failed(gap);
  }
  const outcome = await runSteps({ request, session, run, sink }, evaluations, selected);
  const seconds = (performance.now() - started) / 1000;
  const { ends } = outcome;
  const begun = { request, session, run, sink };
  const kept = await attemptAsync(run.path, () => keepRecord(begun, { seconds, ...outcome }));
  const failures = kept.ok || outcome.failures.length > 0 ? outcome.failures : [{ failure: kept.failure }];
  sink({ event: 'end', seconds, failures });
  return success({ run: run.id, folder: run.path, seconds, steps: ends, failures });
}

interface Ended {
  readonly seconds: number;
  readonly ends: readonly StepEnd[];
  readonly failures: readonly StepFailure[];
}

/** What a run leaves besides the outputs of its steps. Throws system errors. */
async function keepRecord({ request, session, run }: Begun, { seconds, ends, failures }: Ended): Promise<void> {
  // What lies in the place of a step that failed or was left out is an earlier run's.
  const inPlace = new Set(
    ends.filter(({ status }) => status !== 'failed' && status !== 'skipped').map(({ step }) => step),
  );
  for (const { step, output, as } of request.results.filter((result) => inPlace.has(result.step))) {
    keepResult(run, outputPlace(session, step, output), as);
  }
  await session.digests.save();
  const { recipe, command } = request;
  writeJson(run, 'run.json', { schema: 1, run: run.id, recipe, command, seconds, steps: ends, failures });
}

function recordingSink(run: RunFolder, { sink, follow }: PipelineRequest): EventSink {
  const tell = (event: RunEvent): void => {
    // Who watches hears of it even where it cannot be written down; a disk that is full is said at the end.
    attempt(run.path, () => recordEvent(run, event));
    sink(event);
  };
  return (event) => {
    tell(event);
    follow?.(event, tell);
  };
}

/** A selected step that reads one that is left out and has no result to offer. */
function missingNeed(
  session: Session,
  evaluations: ReadonlyMap<StepName, Evaluation>,
  selected: Selected,
): Failure | undefined {
  for (const step of session.steps) {
    for (const { step: needs } of selected.steps.has(step.name) ? step.inputs.upstream : []) {
      if (!selected.steps.has(needs) && evaluations.get(needs)?.state === 'stale') {
        return { reason: 'step-not-ready', step: step.name, needs };
      }
    }
  }
  return undefined;
}

interface Begun {
  readonly request: PipelineRequest;
  readonly session: Session;
  readonly run: RunFolder;
  readonly sink: EventSink;
}

async function runSteps(
  { request, session, run, sink }: Begun,
  evaluations: ReadonlyMap<StepName, Evaluation>,
  selected: Selected,
): Promise<{ ends: readonly StepEnd[]; failures: readonly StepFailure[] }> {
  const stopper = new AbortController();
  const signal = AbortSignal.any([request.signal, stopper.signal]);
  const { jobs, offline, clean, keepGoing } = request;
  const { forced } = selected;
  const shared = request.share?.(sink, request.signal);
  const common: Execution = { session, run, sink, signal, jobs, offline, clean, forced };
  const compilations = compilationsFor(request, session, shared);
  const execution = { ...common, ...(shared && { shared }), ...(compilations && { compilations }) };
  offerOwed(execution);
  const outcome = await schedule({ execution, evaluations, selected, keepGoing, stopOthers: () => stopper.abort() });
  // Also after a failure: what was made before it serves others.
  await shared?.finish();
  return outcome;
}

/** Offline, nothing that others have compiled is looked for. */
function compilationsFor(
  { ccache = 'off', offline }: PipelineRequest,
  { workspace }: Session,
  shared: SharedResults | undefined,
): CompilationCache | undefined {
  const share = ccache === 'on' && !offline ? shared : undefined;
  return ccache === 'off'
    ? undefined
    : { folder: workspace.ccache, share: () => share?.compilations?.() ?? Promise.resolve(undefined) };
}

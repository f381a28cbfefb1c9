import { closeSync, mkdirSync, openSync, readFileSync, utimesSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CompilationCache, CompileTally } from '../core/compilations.js';
import type { Digest } from '../core/digest.js';
import type { EventSink } from '../core/event.js';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import type { JobBudget, Step, StepContext, StepLog, StepName } from '../core/step.js';
import { attempt, freshFolder, remove } from '../system/files.js';
import { fingerprintOf, seriesOf, type InputsDocument } from './fingerprint.js';
import { captureOutputs, storeOutputs, storeText } from './outputs.js';
import { writeLastResult, writeRecord, type StepNotice, type StepRecord } from './record.js';
import { logPath, type RunFolder } from './run-folder.js';
import type { Session } from './session.js';
import type { SharedResults } from './shared.js';
import { beginWork, endWork } from './under-way.js';
import { outFolder } from './workspace.js';

/** What running steps share. */
export interface Execution {
  readonly session: Session;
  readonly run: RunFolder;
  readonly sink: EventSink;
  readonly signal: AbortSignal;
  readonly jobs: JobBudget;
  readonly offline: boolean;
  readonly clean: boolean;
  /** Steps that run whatever the cache has. */
  readonly forced: ReadonlySet<StepName>;
  /** What other machines have made, where somebody shares. */
  readonly shared?: SharedResults;
  /** How what compilers make is kept, where it is. */
  readonly compilations?: CompilationCache;
}

/** A step to run. */
export interface StepJob {
  readonly execution: Execution;
  readonly step: Step;
  readonly inputs: InputsDocument;
  /** Tells, after the run and before anything is recorded, whether the step's inputs are still the same. */
  readonly isSteady: () => boolean;
}

/**
 * Runs a step in a staging folder and publishes what it made: files into the objects first, the record last.
 * Killed in between, the next run finds either no record or a whole result. Gives `unsteady`, and records nothing,
 * where the inputs changed meanwhile.
 */
export async function executeStep(job: StepJob): Promise<Result<StepRecord | 'unsteady', Failure>> {
  const { workspace } = job.execution.session;
  const staging = attempt(workspace.staging, () => freshFolder(workspace.staging, 'step-'));
  if (!staging.ok) {
    return staging;
  }
  try {
    return await runAndPublish({ ...job, staging: staging.value });
  } finally {
    remove(staging.value);
  }
}

interface Work extends StepJob {
  /** Holds `out/` and `scratch/`. */
  readonly staging: string;
}

async function runAndPublish(work: Work): Promise<Result<StepRecord | 'unsteady', Failure>> {
  const { execution, step, inputs } = work;
  const fingerprint = fingerprintOf(inputs);
  const path = logPath(execution.run, step.name);
  const descriptor = attempt(path, () => openSync(path, 'w'));
  if (!descriptor.ok) {
    return descriptor;
  }
  const notices: StepNotice[] = [];
  const facts: StepFacts = {};
  const started = performance.now();
  let result: Result<void, Failure>;
  try {
    const context = contextOf(work, { fingerprint, notices, facts, log: { path, descriptor: descriptor.value } });
    result = await context.run();
  } finally {
    closeSync(descriptor.value);
  }
  const seconds = (performance.now() - started) / 1000;
  if (!work.isSteady()) {
    // What was gathered while an input changed must serve nobody, also where it was interrupted.
    const gone = attempt(execution.session.workspace.resume, () => remove(resumeFolderOf(work)));
    result = result.ok ? gone : result;
    return result.ok ? success('unsteady') : result;
  }
  const vouched = attempt(execution.session.workspace.resume, () => endWork(resumeFolderOf(work)));
  const sound = result.ok ? vouched : result;
  return sound.ok ? publish(work, { fingerprint, notices, facts, seconds, log: path }) : sound;
}

/** What a step tells of itself besides its notices. */
interface StepFacts {
  compiled?: CompileTally;
  holdsOthers?: true;
}

interface Made {
  readonly fingerprint: Digest;
  readonly notices: readonly StepNotice[];
  readonly facts: StepFacts;
  readonly seconds: number;
  /** The log's path. */
  readonly log: string;
}

function publish(work: Work, made: Made): Result<StepRecord, Failure> {
  const { execution, step, inputs, staging } = work;
  const { workspace, recipe } = execution.session;
  const staged = join(staging, 'out');
  const outputs = captureOutputs(staged, step.outputs);
  if (!outputs.ok) {
    return outputs;
  }
  return attempt(workspace.objects, () => {
    storeOutputs(workspace, staged, outputs.value);
    const { fingerprint, notices, seconds } = made;
    const log = storeText(workspace, readFileSync(made.log, 'utf8'));
    const madeAt = new Date().toISOString();
    const record: StepRecord = {
      schema: 1,
      step: step.name,
      fingerprint,
      inputs,
      outputs: outputs.value,
      madeAt,
      seconds,
      log,
      notices,
      ...made.facts,
    };
    writeRecord(workspace, record);
    writeLastResult(workspace, recipe, record);
    endResume(work);
    return record;
  });
}

/** Where unfinished work lies. */
function resumeFolderOf({ execution, step, inputs }: Pick<Work, 'execution' | 'step' | 'inputs'>): string {
  return join(execution.session.workspace.resume, seriesOf(step, inputs));
}

function endResume(work: Work): void {
  const folder = resumeFolderOf(work);
  if (work.step.series === undefined) {
    remove(folder);
    return;
  }
  // For the order in which a full cache is emptied.
  const now = new Date();
  utimesSync(folder, now, now);
}

interface ContextParts {
  readonly fingerprint: Digest;
  readonly notices: StepNotice[];
  readonly facts: StepFacts;
  readonly log: { readonly path: string; readonly descriptor: number };
}

/** Builds the step's context and gives the call that runs the step in it. */
function contextOf(work: Work, parts: ContextParts): { run(): Promise<Result<void, Failure>> } {
  const { execution, step, staging } = work;
  const { session, sink } = execution;
  const { workspace } = session;
  const resumeFolder = resumeFolderOf(work);
  const prepared = attempt(staging, () => prepareFolders(work, resumeFolder));
  if (!prepared.ok) {
    return { run: () => Promise.resolve(prepared) };
  }
  const context: StepContext = {
    output: (name) => join(staging, 'out', outputPath(step, name)),
    upstream: (name, output) => upstreamPath(work, name, output),
    fingerprint: parts.fingerprint,
    resumeFolder,
    scratchFolder: join(staging, 'scratch'),
    runFolder: execution.run.path,
    folders: { trees: workspace.trees, downloads: workspace.downloads, apt: workspace.apt },
    jobs: execution.jobs,
    ...(execution.compilations && { compilations: execution.compilations }),
    log: logWriter(work, parts.log),
    signal: execution.signal,
    offline: execution.offline,
    clean: execution.clean,
    forced: execution.forced.has(step.name),
    progress: (progress) => sink({ event: 'progress', step: step.name, progress }),
    notice: (level, text) => {
      parts.notices.push({ level, text });
      sink({ event: 'notice', step: step.name, level, text });
    },
    news: (text) => sink({ event: 'notice', step: step.name, level: 'info', text }),
    compiled: (tally) => void (parts.facts.compiled = tally),
    holdsOthers: () => void (parts.facts.holdsOthers = true),
  };
  return { run: () => runGuarded(step, context) };
}

function prepareFolders({ execution, step, staging }: Work, resumeFolder: string): void {
  const { trees, downloads, apt } = execution.session.workspace;
  if (execution.clean) {
    remove(resumeFolder);
  }
  [join(staging, 'scratch'), resumeFolder, trees, downloads, apt].forEach((path) =>
    mkdirSync(path, { recursive: true }),
  );
  if (beginWork(resumeFolder, step.inputs.files) === 'doubtful') {
    remove(resumeFolder);
    mkdirSync(resumeFolder);
    beginWork(resumeFolder, step.inputs.files);
    execution.sink({ event: 'notice', step: step.name, level: 'info', text: BEGUN_ANEW });
  }
  makeOutputParents(step, staging);
}

const BEGUN_ANEW =
  'a file that it reads was written since a killed run began: what that one had made is not gone on with';

/** A step may let system errors through; they are failures like any other. */
async function runGuarded(step: Step, context: StepContext): Promise<Result<void, Failure>> {
  try {
    return await step.run(context);
  } catch (error) {
    const seen = attempt(context.scratchFolder, () => {
      throw error;
    });
    return seen.ok ? success(undefined) : failed(seen.failure);
  }
}

function makeOutputParents(step: Step, staging: string): void {
  mkdirSync(join(staging, 'out'), { recursive: true });
  for (const { path } of Object.values(step.outputs)) {
    mkdirSync(dirname(join(staging, 'out', path)), { recursive: true });
  }
}

function outputPath(step: Step, name: string): string {
  const spec = step.outputs[name];
  if (spec === undefined) {
    throw new Error(`${step.name} declares no output "${name}"`);
  }
  return spec.path;
}

function upstreamPath({ execution, step }: Work, name: string, output: string): string {
  const { workspace, recipe, steps } = execution.session;
  const declared = step.inputs.upstream.some((reference) => reference.step === name && reference.output === output);
  const upstream = steps.find((other) => other.name === name);
  if (!declared || upstream === undefined) {
    throw new Error(`${step.name} does not declare that it reads "${output}" of ${name}`);
  }
  return join(outFolder(workspace, recipe, name), outputPath(upstream, output));
}

function logWriter({ execution, step }: Work, log: { path: string; descriptor: number }): StepLog {
  return {
    path: log.path,
    line(text) {
      // Called from the events of child processes, where what is thrown would end us: a full disk is said by publishing.
      attempt(log.path, () => writeSync(log.descriptor, `${text}\n`));
      execution.sink({ event: 'line', step: step.name, text });
    },
  };
}

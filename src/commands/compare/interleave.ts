import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepEnd } from '../../core/event.js';
import { failed, success, type Result } from '../../core/result.js';
import { takeLock, type Selection } from '../../engine/index.js';
import type { ArmName } from '../../measure/boot-plan.js';
import type { Arms } from '../../measure/interleaved-plan.js';
import type { MeasurementRecord } from '../../measure/measurement-record.js';
import { parseSamples } from '../../measure/samples.js';
import type { Side } from '../../report/comparison.js';
import { baseSamples } from '../../report/cell-summary.js';
import { summarise } from '../../report/summary.js';
import { compareStep } from '../../steps/compare.js';
import { attempt, writeFileAtomically } from '../../system/files.js';
import type { RunManner } from '../run-shown.js';
import { COMPARISON as NAME } from './run-names.js';
import { refusedMatrix } from './matrix.js';
import { buildArm, runPart, unmeant, type ArmPipeline, type BuiltArm, type Stopped } from './arm.js';

/** Two recipes that are to be measured together. Where both arms are one and the same object it is built once. */
export interface InterleaveRequest {
  readonly arms: Arms<ArmPipeline>;
  /** By which name the run is recorded; without it as a comparison, the newest one of which has a name of its own. */
  readonly recordedAs?: string;
  readonly manner: Omit<RunManner, 'selection'>;
  /** Boot again, although nothing has changed. */
  readonly anew: boolean;
  /** What is done where the two ended up on machines that differ without being asked to. */
  readonly different: 'refuse' | 'allow';
  /** Called before each side is built. */
  readonly onArm: (arm: ArmName, name: string) => void;
}

/** What came of it. */
export interface Interleaved extends Arms<Side> {
  /** Of the run, absolute. */
  readonly folder: string;
  /** Conditions in which the two differ although both recipes ask for the same. */
  readonly unasked: readonly string[];
  /** When it was measured, ISO 8601, where that was in an earlier run and nothing has changed since. */
  readonly measuredBefore?: string;
}

/**
 * Builds and probes both recipes, and then boots them interleaved in one session. The workspace is held all the while:
 * another run in between would put its own outputs where those of A are booted from.
 */
export async function interleave(request: InterleaveRequest): Promise<Result<Interleaved, Stopped>> {
  const { arms, manner } = request;
  const { session, options } = manner;
  const matrix = refusedMatrix(arms);
  if (matrix !== undefined) {
    return failed({ failures: [{ failure: matrix }], told: false });
  }
  const lock = await takeLock({
    folder: arms.a.pipeline.workspace,
    command: session.commandLine,
    wait: options.wait,
    signal: session.interruption(),
    onWait: ({ pid, command }) => session.errors.write(`waiting for the end of process ${pid}: ${command}\n`),
  });
  if (!lock.ok) {
    return failed({ failures: [{ failure: lock.failure }], told: false });
  }
  try {
    return await interleaveLocked({ ...request, manner: { ...manner, lock: lock.value } });
  } finally {
    await lock.value.release();
  }
}

async function interleaveLocked(request: InterleaveRequest): Promise<Result<Interleaved, Stopped>> {
  const { arms, manner, onArm } = request;
  onArm('a', arms.a.name);
  const a = await buildArm(arms.a, manner);
  if (!a.ok) {
    return a;
  }
  if (arms.b === arms.a) {
    return measureTogether(request, { a: a.value, b: a.value });
  }
  onArm('b', arms.b.name);
  const b = await buildArm(arms.b, manner);
  return b.ok ? measureTogether(request, { a: a.value, b: b.value }) : b;
}

const RESULTS = [
  { step: NAME, output: 'samples', as: 'samples.ndjson' },
  { step: NAME, output: 'a', as: 'measurement-a.json' },
  { step: NAME, output: 'b', as: 'measurement-b.json' },
] as const;

async function measureTogether(
  { arms, manner, anew, different, recordedAs }: InterleaveRequest,
  built: Arms<BuiltArm>,
): Promise<Result<Interleaved, Stopped>> {
  const differences = unmeant(built.a, built.b);
  if (differences.length > 0 && different === 'refuse') {
    return failed({ failures: [{ failure: { reason: 'not-comparable', differences } }], told: false });
  }
  const selection: Selection = { only: [], from: [], until: [], force: anew ? [NAME] : [] };
  const { workspace } = arms.a.pipeline;
  const pipeline = {
    recipe: { name: recordedAs ?? NAME },
    steps: [compareStep(built)],
    workspace,
    results: RESULTS,
    link: recordedAs === undefined ? 'latest-compare' : 'none',
  } as const;
  const outcome = await runPart({ ...manner, selection: () => selection }, pipeline);
  if (!outcome.ok) {
    return outcome;
  }
  const { folder, steps } = outcome.value;
  const sides = attempt(folder, () => ({
    a: { ...readSide('a', arms.a, folder), ...knownBy(built.a) },
    b: { ...readSide('b', arms.b, folder), ...knownBy(built.b) },
    folder,
    unasked: differences.map(({ field }) => field),
    ...reused(steps),
  }));
  return sides.ok ? success(sides.value) : failed({ failures: [{ failure: sides.failure }], told: false });
}

function knownBy({ origins, fingerprints }: BuiltArm): Pick<Side, 'origins' | 'fingerprints'> {
  return { ...(origins && { origins }), ...(fingerprints && { fingerprints }) };
}

function reused(steps: readonly StepEnd[]): Pick<Interleaved, 'measuredBefore'> {
  const end = steps.find(({ step }) => step === NAME);
  return end?.madeAt === undefined || end.status === 'ran' ? {} : { measuredBefore: end.madeAt };
}

/** One side's figures, also put into a folder of its own, so that it can be compared as a run. Throws system errors. */
function readSide(arm: ArmName, { name, pipeline }: ArmPipeline, folder: string): Side {
  const record = JSON.parse(readFileSync(join(folder, `measurement-${arm}.json`), 'utf8')) as MeasurementRecord;
  const all = parseSamples(readFileSync(join(folder, 'samples.ndjson'), 'utf8'));
  const samples = all.filter((sample) => sample.arm === arm);
  const summary = summarise(pipeline.recipe, record, samples);
  const samplesFile = join(folder, arm, 'samples.ndjson');
  mkdirSync(join(folder, arm), { recursive: true });
  writeFileAtomically(samplesFile, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  writeFileAtomically(join(folder, arm, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
  return { name, samplesFile, summary, samples: baseSamples(record, samples), timeout: record.timeout };
}

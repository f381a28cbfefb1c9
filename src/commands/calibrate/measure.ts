import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import type { MeasurementRecord } from '../../measure/measurement-record.js';
import { parseSamples } from '../../measure/samples.js';
import { calibrationDocument, type CalibrationDocument } from '../../report/calibration.js';
import { calibrationMarkdown } from '../../report/calibration-markdown.js';
import { attempt, writeFileAtomically } from '../../system/files.js';
import type { ArmPipeline, Stopped } from '../compare/arm.js';
import { interleave, type Interleaved } from '../compare/interleave.js';
import type { ExecutionOptions } from '../options.js';
import type { Recorder } from '../ci/recorder.js';
import { callPipeline } from '../pipeline.js';
import type { Session } from '../session.js';

/** A recipe whose VM is to be compared with itself. */
export interface CalibrationRequest {
  readonly session: Session;
  /** Name or file. */
  readonly recipe: string;
  readonly options: ExecutionOptions & { readonly force?: true; readonly offline?: true };
  readonly recorder?: Recorder | undefined;
}

/** A calibration and where its record lies. */
export interface Calibrated {
  readonly document: CalibrationDocument;
  /** Absolute. */
  readonly folder: string;
  /** When it was measured, ISO 8601, where that was in an earlier run and nothing has changed since. */
  readonly measuredBefore?: string;
}

/** In the folder of a calibration, for people. */
export const CALIBRATION_REPORT = 'calibration.md';

/** The name of its run. */
const NAME = 'calibrate';

/** Builds a recipe, boots it as both sides of a comparison, and keeps what that says of this machine. */
export async function measureAgainstItself({
  session,
  recipe,
  options,
  recorder,
}: CalibrationRequest): Promise<Result<Calibrated, Stopped>> {
  const pipeline = await callPipeline(recipe, options);
  if (!pipeline.ok) {
    return failed(untold(pipeline.failure));
  }
  const arm: ArmPipeline = { name: recipe, pipeline: pipeline.value, outName: pipeline.value.recipe.name };
  const measured = await interleave({
    arms: { a: arm, b: arm },
    recordedAs: NAME,
    manner: { session, options, recorder, offline: options.offline === true, keepGoing: false },
    anew: options.force === true,
    different: 'refuse',
    onArm: () => undefined,
  });
  if (!measured.ok) {
    return measured;
  }
  const kept = attempt(measured.value.folder, () => keep(measured.value, arm));
  return kept.ok ? success(kept.value) : failed(untold(kept.failure));
}

function untold(failure: Failure): Stopped {
  return { failures: [{ failure }], told: false };
}

/** Throws system errors. */
function keep({ a, b, folder, measuredBefore }: Interleaved, { pipeline: { recipe } }: ArmPipeline): Calibrated {
  const record = JSON.parse(readFileSync(join(folder, 'measurement-a.json'), 'utf8')) as MeasurementRecord;
  const samples = parseSamples(readFileSync(join(folder, 'samples.ndjson'), 'utf8'));
  const document = calibrationDocument({ recipe, a, b, record, samples });
  writeFileAtomically(join(folder, 'calibration.json'), `${JSON.stringify(document, undefined, 2)}\n`);
  writeFileAtomically(join(folder, CALIBRATION_REPORT), calibrationMarkdown(document));
  return { document, folder, ...(measuredBefore === undefined ? {} : { measuredBefore }) };
}

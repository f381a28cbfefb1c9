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
import type { Recipe } from '../../recipe/schema.js';
import { callPipeline, type CalledPipeline } from '../pipeline.js';
import type { Session } from '../session.js';

/** A recipe whose VM is to be compared with itself. */
export interface CalibrationRequest {
  readonly session: Session;
  /** Name or file. */
  readonly recipe: string;
  readonly options: ExecutionOptions & { readonly force?: true; readonly offline?: true };
  /** Boots a side; missing where the recipe says how many, or what ends them. */
  readonly boots?: number;
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
  boots,
  recorder,
}: CalibrationRequest): Promise<Result<Calibrated, Stopped>> {
  const called = await callForBoots(recipe, options, boots);
  if (!called.ok) {
    return failed(untold(called.failure));
  }
  const { pipeline, set } = called.value;
  const arm: ArmPipeline = { name: recipe, pipeline, outName: pipeline.recipe.name };
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
  const wish = { set: [...set, ...withoutRules(pipeline.recipe)], with: options.with };
  const kept = attempt(measured.value.folder, () => keep(measured.value, arm, wish));
  return kept.ok ? success(kept.value) : failed(untold(kept.failure));
}

/** A pipeline, and what was set for it. */
interface Called {
  readonly pipeline: CalledPipeline;
  readonly set: readonly string[];
}

/** The pipeline with so many boots: a rule of the recipe's that would else end them gives way. */
async function callForBoots(
  recipe: string,
  options: ExecutionOptions,
  boots: number | undefined,
): Promise<Result<Called, Failure>> {
  const set = boots === undefined ? options.set : [...options.set, `measure.boots=${boots}`];
  const called = await callPipeline(recipe, { ...options, set });
  const rules = called.ok && boots !== undefined ? withoutRules(called.value.recipe) : [];
  if (!called.ok || rules.length === 0) {
    return called.ok ? success({ pipeline: called.value, set }) : called;
  }
  const counted = await callPipeline(recipe, { ...options, set: [...set, ...rules] });
  return counted.ok ? success({ pipeline: counted.value, set: [...set, ...rules] }) : counted;
}

/** The settings that put the rules of a recipe out of force that end a measurement. */
function withoutRules({ measure }: Recipe): string[] {
  return (['for', 'until'] as const)
    .filter((rule) => measure[rule] !== undefined)
    .map((rule) => `measure.${rule}=null`);
}

function untold(failure: Failure): Stopped {
  return { failures: [{ failure }], told: false };
}

/** Throws system errors. */
function keep(
  { a, b, folder, measuredBefore }: Interleaved,
  { pipeline: { recipe } }: ArmPipeline,
  wish: Pick<CalibrationDocument, 'set' | 'with'>,
): Calibrated {
  const record = JSON.parse(readFileSync(join(folder, 'measurement-a.json'), 'utf8')) as MeasurementRecord;
  const samples = parseSamples(readFileSync(join(folder, 'samples.ndjson'), 'utf8'));
  const document = calibrationDocument({ recipe, a, b, record, samples, ...wish });
  writeFileAtomically(join(folder, 'calibration.json'), `${JSON.stringify(document, undefined, 2)}\n`);
  writeFileAtomically(join(folder, CALIBRATION_REPORT), calibrationMarkdown(document));
  return { document, folder, ...(measuredBefore === undefined ? {} : { measuredBefore }) };
}

import type { Failure } from '../../core/failure.js';
import type { Result } from '../../core/result.js';
import type { StepContext } from '../../core/step.js';
import type { MeasurementRequest } from '../../measure/measurement.js';
import { attempt } from '../../system/files.js';
import { keepSamples, setAside } from './samples-file.js';
import { tellStop } from './stop-rule.js';
import { measureTuned, type MeasuredHere } from './tuned.js';

/** What the steps that time boots differ in. */
export interface TimedBoots {
  readonly context: StepContext;
  readonly tune: boolean;
  /** Throws system errors. */
  readonly prepare: () => MeasurementRequest;
  /** Writes what came of it besides the samples, which are an output of each of these steps. Throws system errors. */
  readonly record: (measured: MeasuredHere) => void;
}

/** The work of a step that times boots, from the first of them to its outputs. */
export async function timeBoots({ context, tune, prepare, record }: TimedBoots): Promise<Result<void, Failure>> {
  const prepared = attempt(context.resumeFolder, prepare);
  if (!prepared.ok) {
    return prepared;
  }
  const { samplesFile } = prepared.value;
  const measured = await measureTuned(prepared.value, { tune, context });
  if (!measured.ok) {
    return measured.failure.reason === 'boots-failed' ? setAside(samplesFile, context, measured.failure) : measured;
  }
  return attempt(context.output('samples'), () => {
    tellStop(measured.value.stopped, context);
    keepSamples(measured.value.samples, context);
    record(measured.value);
  });
}

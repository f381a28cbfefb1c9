import { truncateSync } from 'node:fs';
import type { BootsFailed } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, type FileFailure } from '../system/files.js';
import type { BootFailure } from './boot.js';
import type { PlannedBoot } from './boot-plan.js';
import { appendSample, recoverSamples, sampleOf, type Sample } from './samples.js';
import { judge } from './verdict.js';
import type { Accelerator } from './vm.js';
import { bootRig, type VmRig } from './vm-rig.js';

/** A measurement that has to be done, or gone on with. */
export interface MeasurementRequest {
  readonly rig: VmRig;
  readonly accelerator: Accelerator;
  readonly plan: readonly PlannedBoot[];
  /** `samples.ndjson`, which may hold the beginning of the same plan. */
  readonly samplesFile: string;
  /** Share of failed boots (0 to 1) above which the figures are invalid; each point weighs the same, however many boots it gets. */
  readonly maxFailed: number;
  /** Called after each boot with all samples so far. */
  onSample(samples: readonly Sample[]): void;
}

export type MeasurementFailure = BootFailure | BootsFailed | FileFailure;

/**
 * Boots what of the plan has not been booted yet and gives all samples. Each is in the file as soon as its boot has
 * ended: a kill loses at most the boot that was under way.
 * Fails with `boots-failed` when too many boots fail, or when a point has no sample at the end; it does not go on
 * booting once that is certain.
 */
export async function measureBoots(
  request: MeasurementRequest,
): Promise<Result<readonly Sample[], MeasurementFailure>> {
  const recovered = attempt(request.samplesFile, () => recover(request));
  if (!recovered.ok) {
    return recovered;
  }
  const samples = recovered.value;
  const session = Math.max(0, ...samples.map((sample) => sample.session)) + 1;
  for (const planned of request.plan.slice(samples.length)) {
    const sample = await bootOnce(request, planned, session);
    if (!sample.ok) {
      return sample;
    }
    samples.push(sample.value);
    request.onSample(samples);
    if (tooManyFailed(request, samples)) {
      return failed(bootsFailed(request, samples));
    }
  }
  return tooManyFailed(request, samples) || hasEmptyPoint(request, samples)
    ? failed(bootsFailed(request, samples))
    : success(samples);
}

/** Samples of another plan are of no use: they would be of boots that this one does not have. */
function recover({ samplesFile, plan }: MeasurementRequest): Sample[] {
  const samples = recoverSamples(samplesFile);
  const fits = samples.every(({ boot, point, warmup }, index) => {
    const planned = plan[index];
    return planned?.boot === boot && planned.point === point && planned.warmup === warmup;
  });
  if (!fits && samples.length > 0) {
    // Emptied, not removed: the run's folder shows the same file under another name.
    truncateSync(samplesFile);
  }
  return fits ? samples : [];
}

async function bootOnce(
  { rig, accelerator, samplesFile }: MeasurementRequest,
  planned: PlannedBoot,
  session: number,
): Promise<Result<Sample, MeasurementFailure>> {
  const point = rig.points.find(({ name }) => name === planned.point);
  if (point === undefined) {
    throw new Error(`the plan has a point "${planned.point}" that the recipe does not have`);
  }
  const end = await bootRig(rig, { accelerator, exit: point });
  if (!end.ok) {
    return end;
  }
  const outcome = judge(end.value, point);
  const sample = sampleOf(planned, end.value, { outcome, session, at: new Date().toISOString() });
  const written = attempt(samplesFile, () => appendSample(samplesFile, sample));
  return written.ok ? success(sample) : written;
}

/**
 * Compares the mean of the points' shares with the limit. Over all boots alike, those of a point with few boots could
 * all but one fail and hardly show.
 */
function tooManyFailed(request: MeasurementRequest, samples: readonly Sample[]): boolean {
  const counts = countFailures(request, samples);
  const most = Math.max(...counts.map(({ boots }) => boots));
  // Whole numbers where all points have the same number of boots: a sum of fractions would be off at the limit.
  const weighted = counts.reduce((sum, { failed: bad, boots }) => sum + (bad * most) / boots, 0);
  return weighted > request.maxFailed * counts.length * most;
}

interface PointCount {
  readonly point: string;
  readonly failed: number;
  /** Of the whole plan, without warm-up. */
  readonly boots: number;
}

function countFailures({ rig, plan }: MeasurementRequest, samples: readonly Sample[]): PointCount[] {
  const bad = failures(samples);
  return rig.points.map(({ name }) => ({
    point: name,
    failed: bad.filter(({ point }) => point === name).length,
    boots: plan.filter(({ point, warmup }) => point === name && !warmup).length,
  }));
}

function hasEmptyPoint({ rig }: MeasurementRequest, samples: readonly Sample[]): boolean {
  return rig.points.some(
    ({ name }) => !samples.some(({ point, warmup, outcome }) => point === name && !warmup && outcome === 'reached'),
  );
}

/** The boots that failed among those that count. */
export function failures(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ warmup, outcome }) => !warmup && outcome !== 'reached');
}

function bootsFailed(request: MeasurementRequest, samples: readonly Sample[]): BootsFailed {
  const bad = failures(samples);
  const last = bad.at(-1);
  return {
    reason: 'boots-failed',
    failed: bad.length,
    boots: request.plan.filter(({ warmup }) => !warmup).length,
    points: countFailures(request, samples).filter(({ failed: count }) => count > 0),
    console: [...(last?.console ?? []), ...(last?.errors ?? [])],
  };
}

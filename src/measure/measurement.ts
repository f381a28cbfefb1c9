import { truncateSync } from 'node:fs';
import type { BootsFailed } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, type FileFailure } from '../system/files.js';
import type { BootFailure } from './boot.js';
import type { BootMethod, PlannedBoot } from './boot-plan.js';
import { appendSample, recoverSamples, sampleOf, type Sample } from './samples.js';
import { judge, judgeTrace } from './verdict.js';
import type { Accelerator } from './vm.js';
import { bootRig, type VmRig } from './vm-rig.js';

/** A VM that is ready to be booted. */
export interface BootableVm {
  readonly rig: VmRig;
  readonly accelerator: Accelerator;
}

/** A measurement that has to be done, or gone on with. */
export interface MeasurementRequest {
  /** What a planned boot starts. */
  readonly vmOf: (planned: PlannedBoot) => BootableVm;
  readonly plan: readonly PlannedBoot[];
  /** `samples.ndjson`, which may hold the beginning of the same plan. */
  readonly samplesFile: string;
  /** Share of failed boots (0 to 1) above which the figures are invalid; each kind of boot weighs the same, however many it gets. */
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
  const session = samples.reduce((most, { session }) => Math.max(most, session), 0) + 1;
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
  return tooManyFailed(request, samples) || hasEmptyKind(request, samples)
    ? failed(bootsFailed(request, samples))
    : success(samples);
}

/** Samples of another plan are of no use: they would be of boots that this one does not have. */
function recover({ samplesFile, plan }: MeasurementRequest): Sample[] {
  const samples = recoverSamples(samplesFile);
  const fits = samples.every((sample, index) => {
    const planned = plan[index];
    return planned?.boot === sample.boot && planned.warmup === sample.warmup && kindOf(planned) === kindOf(sample);
  });
  if (!fits && samples.length > 0) {
    // Emptied, not removed: the run's folder shows the same file under another name.
    truncateSync(samplesFile);
  }
  return fits ? samples : [];
}

async function bootOnce(
  { vmOf, samplesFile }: MeasurementRequest,
  planned: PlannedBoot,
  session: number,
): Promise<Result<Sample, MeasurementFailure>> {
  const { rig, accelerator } = vmOf(planned);
  const point = rig.points.find(({ name }) => name === planned.point);
  if (point === undefined) {
    throw new Error(`the plan has a point "${planned.point}" that the recipe does not have`);
  }
  const isTraced = planned.method === 'trace';
  const end = await bootRig(rig, { accelerator, exit: isTraced ? 'traced' : point });
  if (!end.ok) {
    return end;
  }
  const outcome = isTraced ? judgeTrace(end.value, rig.points) : judge(end.value, point);
  const facts = { outcome, session, at: new Date().toISOString(), points: rig.points };
  const sample = sampleOf(planned, end.value, facts);
  const written = attempt(samplesFile, () => appendSample(samplesFile, sample));
  return written.ok ? success(sample) : written;
}

/**
 * Compares the mean of the shares of the kinds of boots with the limit. Over all boots alike, those of a point with few
 * boots could all but one fail and hardly show.
 */
function tooManyFailed(request: MeasurementRequest, samples: readonly Sample[]): boolean {
  const counts = countFailures(request, samples);
  const most = Math.max(...counts.map(({ boots }) => boots));
  // Whole numbers where all kinds have the same number of boots: a sum of fractions would be off at the limit.
  const weighted = counts.reduce((sum, { failed: bad, boots }) => sum + (bad * most) / boots, 0);
  return weighted > request.maxFailed * counts.length * most;
}

/** Boots of one method to one point, of one side where there are two. */
interface KindCount extends Pick<PlannedBoot, 'arm'> {
  readonly method: BootMethod;
  readonly point: string;
  readonly failed: number;
  readonly reached: number;
  /** Of the whole plan, without warm-up. */
  readonly boots: number;
}

function countFailures({ plan }: MeasurementRequest, samples: readonly Sample[]): KindCount[] {
  const counting = plan.filter(({ warmup }) => !warmup);
  const kinds = new Map(counting.map((planned) => [kindOf(planned), planned]));
  return [...kinds].map(([kind, { arm, method, point }]) => {
    const own = samples.filter((sample) => !sample.warmup && kindOf(sample) === kind);
    const reached = own.filter(({ outcome }) => outcome === 'reached').length;
    const boots = counting.filter((planned) => kindOf(planned) === kind).length;
    return { ...(arm === undefined ? {} : { arm }), method, point, reached, failed: own.length - reached, boots };
  });
}

function kindOf({ arm, method, point }: PlannedBoot): string {
  return `${arm ?? ''} ${method} ${point}`;
}

function hasEmptyKind(request: MeasurementRequest, samples: readonly Sample[]): boolean {
  return countFailures(request, samples).some(({ reached }) => reached === 0);
}

/** The boots that failed among those that count. */
export function failures(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ warmup, outcome }) => !warmup && outcome !== 'reached');
}

function bootsFailed(request: MeasurementRequest, samples: readonly Sample[]): BootsFailed {
  const bad = failures(samples);
  const last = bad.at(-1);
  const points = countFailures(request, samples)
    .filter(({ failed: count }) => count > 0)
    .map(({ arm, method, point, failed: count, boots }) => ({
      ...(arm === undefined ? {} : { arm }),
      point,
      ...(method === 'trace' ? { traced: true as const } : {}),
      failed: count,
      boots,
    }));
  return {
    reason: 'boots-failed',
    failed: bad.length,
    boots: request.plan.filter(({ warmup }) => !warmup).length,
    points,
    console: [...(last?.console ?? []), ...(last?.errors ?? [])],
  };
}

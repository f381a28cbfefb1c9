import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../core/failure.js';
import { failed, success, type Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import type { ArmName, MeasuringMethod, PlanRequest } from '../measure/boot-plan.js';
import { readableDuration } from '../measure/duration.js';
import { readHost } from '../measure/host.js';
import { commonMethod, interleavedPlan, type Arms } from '../measure/interleaved-plan.js';
import { measureBoots, type MeasurementRequest } from '../measure/measurement.js';
import { series, type Sample } from '../measure/samples.js';
import { median } from '../measure/statistics/describe.js';
import { attempt, copyFile, writeFileAtomically } from '../system/files.js';
import { logBoot } from './boot-progress.js';
import { planRequest } from './boot-params.js';
import { sharedMeasure, type CompareArm } from './compare/arms.js';
import { probedVm, type ProbedVm } from './measure/bootable.js';
import { measurementRecord } from './measure/record.js';
import { openSamplesFile, setAside } from './measure/samples-file.js';

/** The work of `compare`. */
export async function runInterleaved(arms: Arms<CompareArm>, context: StepContext): Promise<Result<void, Failure>> {
  const vms = probedVms(arms, context);
  if (!vms.ok) {
    return vms;
  }
  const requests = planRequests(arms, commonMethod(vms.value.a.probe.method, vms.value.b.probe.method));
  const prepared = attempt(context.resumeFolder, () => prepare({ arms, vms: vms.value, requests }, context));
  if (!prepared.ok) {
    return prepared;
  }
  const host = readHost();
  const measured = await measureBoots(prepared.value);
  const { samplesFile } = prepared.value;
  if (!measured.ok) {
    return measured.failure.reason === 'boots-failed' ? setAside(samplesFile, context, measured.failure) : measured;
  }
  return attempt(context.output('samples'), () => {
    copyFile(samplesFile, context.output('samples'));
    for (const arm of ['a', 'b'] as const) {
      const { rig, probe } = vms.value[arm];
      const samples = samplesOfArm(measured.value, arm);
      const { fingerprint } = context;
      const plan = requests[arm];
      const record = measurementRecord({ fingerprint, recipe: arms[arm].recipe, plan, probe, rig, host, samples });
      writeFileAtomically(context.output(arm), `${JSON.stringify(record, undefined, 2)}\n`);
    }
  });
}

function probedVms(arms: Arms<CompareArm>, context: StepContext): Result<Arms<ProbedVm>, Failure> {
  const a = probedVm(arms.a.recipe, contextOf('a', arms.a, context));
  const b = probedVm(arms.b.recipe, contextOf('b', arms.b, context));
  if (!a.ok) {
    return failed(a.failure);
  }
  return b.ok ? success({ a: a.value, b: b.value }) : failed(b.failure);
}

/** The context as that side's own steps would see it. */
function contextOf(arm: ArmName, { output }: CompareArm, context: StepContext): StepContext {
  const scratchFolder = join(context.scratchFolder, arm);
  mkdirSync(scratchFolder, { recursive: true });
  return { ...context, upstream: output, scratchFolder };
}

function planRequests(arms: Arms<CompareArm>, method: MeasuringMethod): Arms<PlanRequest> {
  const { boots, warmup, seed } = sharedMeasure(arms);
  const requestOf = ({ recipe }: CompareArm): PlanRequest =>
    planRequest({ ...recipe, measure: { ...recipe.measure, boots, warmup, seed } }, method);
  return { a: requestOf(arms.a), b: requestOf(arms.b) };
}

interface Prepared {
  readonly arms: Arms<CompareArm>;
  readonly vms: Arms<ProbedVm>;
  readonly requests: Arms<PlanRequest>;
}

function prepare({ arms, vms, requests }: Prepared, context: StepContext): MeasurementRequest {
  const plan = interleavedPlan(requests);
  return {
    vmOf: ({ arm = 'a' }) => vms[arm],
    plan,
    samplesFile: openSamplesFile(context),
    maxFailed: sharedMeasure(arms).maxFailed,
    onSample: (samples) => tell(samples, { requests, total: plan.length, context }),
  };
}

function tell(
  samples: readonly Sample[],
  { requests, total, context }: { requests: Arms<PlanRequest>; total: number; context: StepContext },
): void {
  const notes = (['a', 'b'] as const).flatMap((arm) => runningMedian(samplesOfArm(samples, arm), arm, requests[arm]));
  context.progress({ done: samples.length, total, unit: 'boots', note: notes.join(', ') });
  const last = samples.at(-1);
  if (last !== undefined) {
    logBoot(last, context);
  }
}

/** Of the last point, which stands for the whole boot. */
function runningMedian(samples: readonly Sample[], arm: ArmName, { method, points }: PlanRequest): string[] {
  const durations = series(samples, points.at(-1) ?? '', method === 'exit' ? 'exit' : 'trace');
  return durations.length === 0 ? [] : [`${arm.toUpperCase()} ${readableDuration(median(durations))}`];
}

function samplesOfArm(samples: readonly Sample[], arm: ArmName): Sample[] {
  return samples.filter((sample) => sample.arm === arm);
}

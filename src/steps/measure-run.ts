import type { Failure } from '../core/failure.js';
import { failed, type Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import { bootPlan } from '../measure/boot-plan.js';
import { readHost } from '../measure/host.js';
import { measureBoots, type MeasurementRequest } from '../measure/measurement.js';
import type { Recipe } from '../recipe/schema.js';
import { attempt, copyFile, writeFileAtomically } from '../system/files.js';
import { planRequest } from './boot-params.js';
import { tellProgress } from './boot-progress.js';
import { probedVm, type ProbedVm } from './measure/bootable.js';
import { measurementRecord } from './measure/record.js';
import { openSamplesFile, setAside } from './measure/samples-file.js';

/** The work of `measure`. */
export async function runMeasurement(recipe: Recipe, context: StepContext): Promise<Result<void, Failure>> {
  const vm = probedVm(recipe, context);
  if (!vm.ok) {
    return failed(vm.failure);
  }
  const { probe, rig } = vm.value;
  const request = attempt(context.resumeFolder, () => prepare(recipe, vm.value, context));
  if (!request.ok) {
    return request;
  }
  const { samplesFile } = request.value;
  const host = readHost();
  const samples = await measureBoots(request.value);
  if (!samples.ok) {
    return samples.failure.reason === 'boots-failed' ? setAside(samplesFile, context, samples.failure) : samples;
  }
  return attempt(context.output('measurement'), () => {
    copyFile(samplesFile, context.output('samples'));
    const plan = planRequest(recipe, probe.method);
    const { fingerprint } = context;
    const document = measurementRecord({ fingerprint, recipe, plan, probe, rig, host, samples: samples.value });
    writeFileAtomically(context.output('measurement'), `${JSON.stringify(document, undefined, 2)}\n`);
  });
}

function prepare(recipe: Recipe, vm: ProbedVm, context: StepContext): MeasurementRequest {
  const { method } = vm.probe;
  const plan = bootPlan(planRequest(recipe, method));
  return {
    vmOf: () => vm,
    plan,
    samplesFile: openSamplesFile(context),
    maxFailed: recipe.measure['max-failed'],
    onSample: (samples) => tellProgress(samples, { recipe, context, method, total: plan.length }),
  };
}

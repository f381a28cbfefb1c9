import { readFileSync } from 'node:fs';
import type { HypervisorUnfit } from '../../core/failures/measure.js';
import { success, type Result } from '../../core/result.js';
import type { StepContext } from '../../core/step.js';
import { withCpu } from '../../measure/cpu-model.js';
import type { BootableVm } from '../../measure/measurement.js';
import type { ProbeRecord } from '../../measure/probe.js';
import { locateVm } from '../../measure/vm-files.js';
import { rigOf } from '../../measure/vm-rig.js';
import type { Recipe } from '../../recipe/schema.js';

/** A VM as its probe came through with it. */
export interface ProbedVm extends BootableVm {
  readonly probe: ProbeRecord;
}

/**
 * The VM of a recipe that was built and probed upstream, with the accelerator and the CPU model of the probe: after a
 * fall-back these are not what the recipe asks for. Throws system errors.
 */
export function probedVm(recipe: Recipe, context: StepContext): Result<ProbedVm, HypervisorUnfit> {
  const files = locateVm(recipe, context);
  if (!files.ok) {
    return files;
  }
  const probe = JSON.parse(readFileSync(context.upstream('probe', 'probe'), 'utf8')) as ProbeRecord;
  const { accelerator, cpu } = probe;
  const rig = rigOf(recipe, files.value, context);
  return success({
    rig: cpu === undefined ? rig : { ...rig, machine: withCpu(rig.machine, cpu) },
    accelerator,
    probe,
  });
}

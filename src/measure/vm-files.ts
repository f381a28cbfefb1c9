import type { HypervisorUnfit } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import type { OutputReference, StepContext } from '../core/step.js';
import type { Recipe } from '../recipe/schema.js';
import { findProgram } from '../system/distribution.js';
import type { Vm } from './vm.js';

/** The programs and images that a boot needs, absolute. */
export type VmFiles = Pick<Vm, 'hypervisor' | 'dataFolder' | 'firmware' | 'kernel'>;

/** The steps' outputs that a VM is started from, for a step's declaration. */
export function vmUpstream(recipe: Recipe): OutputReference[] {
  return [
    ...hypervisorUpstream(recipe),
    { step: 'make:firmware', output: 'image' },
    { step: 'make:kernel', output: 'image' },
    { step: 'make:stopwatch', output: 'stopwatch' },
  ];
}

function hypervisorUpstream(recipe: Recipe): OutputReference[] {
  if (installedProgram(recipe) !== undefined) {
    return [{ step: 'fetch:hypervisor', output: 'source' }];
  }
  const image = { step: 'make:hypervisor', output: 'image' };
  return hasData(recipe) ? [image, { step: 'make:hypervisor', output: 'data' }] : [image];
}

/**
 * Where they are. An installed hypervisor is looked up on the PATH; which one that has to be, the upstream output
 * has fixed by its digest. Fails with `hypervisor-unfit` when it is not there any more.
 */
export function locateVm(recipe: Recipe, context: StepContext): Result<VmFiles, HypervisorUnfit> {
  const images = {
    firmware: context.upstream('make:firmware', 'image'),
    kernel: context.upstream('make:kernel', 'image'),
  };
  const program = installedProgram(recipe);
  if (program === undefined) {
    const data = hasData(recipe) ? { dataFolder: context.upstream('make:hypervisor', 'data') } : {};
    return success({ hypervisor: context.upstream('make:hypervisor', 'image'), ...data, ...images });
  }
  const hypervisor = findProgram(program);
  if (hypervisor === undefined) {
    return failed({ reason: 'hypervisor-unfit', binary: program, detail: 'it is not on the PATH' });
  }
  return success({ hypervisor, ...images });
}

function installedProgram(recipe: Recipe): string | undefined {
  const { source } = recipe.hypervisor;
  return 'installed' in source ? source.installed : undefined;
}

function hasData(recipe: Recipe): boolean {
  return recipe.hypervisor.outputs['data'] !== undefined;
}

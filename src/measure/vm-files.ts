import type { HypervisorUnfit } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import { COMPONENTS, type Component, type OutputReference, type StepContext } from '../core/step.js';
import type { Recipe } from '../recipe/schema.js';
import { findProgram } from '../system/distribution.js';
import type { Vm } from './vm.js';

/** The programs and images that a boot needs, absolute. */
export interface VmFiles extends Pick<Vm, 'hypervisor' | 'dataFolder' | 'firmware' | 'kernel' | 'initrd'> {
  /** What starts the hypervisor, where that does not start by itself: a dynamic loader with its arguments. */
  readonly launcher?: readonly string[];
  /** Environment variables that the hypervisor needs. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A VM, and what starts and times it. */
export interface LocatedVm {
  readonly files: VmFiles;
  /** Absolute. */
  readonly stopwatch: string;
}

/** A VM that is there as a whole and that no step has to make. */
export interface ReadyVm extends LocatedVm {
  /** Every file that it consists of, label -> absolute path, for a step's declaration. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** The steps' outputs that a VM is started from, for a step's declaration. */
export function vmUpstream(recipe: Recipe): OutputReference[] {
  return [
    ...hypervisorUpstream(recipe),
    imageUpstream('firmware', recipe),
    imageUpstream('kernel', recipe),
    ...(hasInit(recipe) ? [{ step: 'make:init', output: 'initrd' } as const] : []),
    { step: 'make:stopwatch', output: 'stopwatch' },
  ];
}

/**
 * The files of the user's that a boot reads where they lie, component -> absolute path, for a step's declaration: one
 * that is built anew in the middle of a measurement makes its samples worthless.
 */
export function vmInputs(recipe: Recipe): Record<string, string> {
  return Object.fromEntries(
    COMPONENTS.flatMap((component) => {
      const file = finishedFile(component, recipe);
      return file === undefined ? [] : [[component, file] as const];
    }),
  );
}

function imageUpstream(component: Component, recipe: Recipe): OutputReference {
  return finishedFile(component, recipe) === undefined
    ? { step: `make:${component}`, output: 'image' }
    : { step: `fetch:${component}`, output: 'source' };
}

function hypervisorUpstream(recipe: Recipe): OutputReference[] {
  if (installedProgram(recipe) !== undefined || finishedFile('hypervisor', recipe) !== undefined) {
    return [{ step: 'fetch:hypervisor', output: 'source' }];
  }
  const image = { step: 'make:hypervisor', output: 'image' };
  return hasData(recipe) ? [image, { step: 'make:hypervisor', output: 'data' }] : [image];
}

/**
 * Where they are: a finished file where it lies, what is built in its step's output. An installed hypervisor is looked
 * up on the PATH; which one that has to be, the upstream output has fixed by its digest. Fails with `hypervisor-unfit`
 * when it is not there any more.
 */
export function locateVm(recipe: Recipe, context: StepContext): Result<LocatedVm, HypervisorUnfit> {
  const files = locateFiles(recipe, context);
  return files.ok ? success({ files: files.value, stopwatch: context.upstream('make:stopwatch', 'stopwatch') }) : files;
}

function locateFiles(recipe: Recipe, context: StepContext): Result<VmFiles, HypervisorUnfit> {
  const images = {
    firmware: finishedFile('firmware', recipe) ?? context.upstream('make:firmware', 'image'),
    kernel: finishedFile('kernel', recipe) ?? context.upstream('make:kernel', 'image'),
    ...(hasInit(recipe) ? { initrd: context.upstream('make:init', 'initrd') } : {}),
  };
  const finished = finishedFile('hypervisor', recipe);
  if (finished !== undefined) {
    return success({ hypervisor: finished, ...images });
  }
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

function finishedFile(component: Component, recipe: Recipe): string | undefined {
  const { source } = recipe[component];
  return 'file' in source ? source.file : undefined;
}

function hasInit({ init }: Recipe): boolean {
  return init === 'builtin';
}

function installedProgram(recipe: Recipe): string | undefined {
  const { source } = recipe.hypervisor;
  return 'installed' in source ? source.installed : undefined;
}

function hasData(recipe: Recipe): boolean {
  return recipe.hypervisor.outputs['data'] !== undefined;
}

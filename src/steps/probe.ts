import type { Step } from '../core/step.js';
import { readHostIdentity, readKvmAccess } from '../measure/host.js';
import { vmInputs, vmUpstream, type ReadyVm } from '../measure/vm-files.js';
import { cellsOf } from '../recipe/cells.js';
import type { Recipe } from '../recipe/schema.js';
import { bootParams } from './boot-params.js';

/** What the probe is made from. */
export interface ProbeOptions {
  readonly recipe: Recipe;
  /** Missing: the VM that the recipe's steps make. */
  readonly ready?: ReadyVm;
}

/**
 * `probe`: boots before anything is measured, once traced or once for each point. Settles the accelerator, the machine
 * type, the CPU model and the method, and makes sure that every point comes. Output `probe`, the file `probe.json`
 * ({@link import('../measure/probe.js').ProbeDocument}).
 */
export function probeStep({ recipe, ready }: ProbeOptions): Step {
  return {
    name: 'probe',
    title: titleOf(recipe),
    lane: 'exclusive',
    inputs: {
      params: {
        ...bootParams(recipe),
        method: recipe.measure.method,
        accel: recipe.machine.accel,
        type: recipe.machine.type,
        ...(recipe.machine.cpu === undefined ? {} : { cpu: recipe.machine.cpu }),
        ...(recipe.machine['cpu-fallbacks'].length === 0 ? {} : { cpuFallbacks: recipe.machine['cpu-fallbacks'] }),
        host: readHostIdentity(),
        // A recipe that asks for TCG does not care for KVM coming or going.
        ...(recipe.machine.accel === 'tcg' ? {} : { kvm: readKvmAccess() }),
      },
      files: ready?.inputs ?? vmInputs(recipe),
      upstream: ready === undefined ? vmUpstream(recipe) : [],
      tools: [],
      env: [],
    },
    outputs: { probe: { path: 'probe.json', kind: 'file' } },
    // Loaded only when something has to be booted.
    run: async (context) => (await import('./probe-run.js')).runProbe(recipe, context, ready),
  };
}

function titleOf(recipe: Recipe): string {
  const cells = cellsOf(recipe).length;
  return `check that every exit point comes${cells === 1 ? '' : ` on each of ${cells} machines`}`;
}

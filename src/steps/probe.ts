import type { Step } from '../core/step.js';
import { readHostIdentity, readKvmAccess } from '../measure/host.js';
import { vmInputs, vmUpstream } from '../measure/vm-files.js';
import type { Recipe } from '../recipe/schema.js';
import { bootParams } from './boot-params.js';

/** What the probe is made from. */
export interface ProbeOptions {
  readonly recipe: Recipe;
}

/**
 * `probe`: boots before anything is measured, once traced or once for each point. Settles the accelerator, the machine
 * type, the CPU model and the method, and makes sure that every point comes. Output `probe`, the file `probe.json`
 * ({@link import('../measure/probe.js').ProbeRecord}).
 */
export function probeStep({ recipe }: ProbeOptions): Step {
  return {
    name: 'probe',
    title: 'check that every exit point comes',
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
      files: vmInputs(recipe),
      upstream: vmUpstream(recipe),
      tools: [],
      env: [],
    },
    outputs: { probe: { path: 'probe.json', kind: 'file' } },
    // Loaded only when something has to be booted.
    run: async (context) => (await import('./probe-run.js')).runProbe(recipe, context),
  };
}

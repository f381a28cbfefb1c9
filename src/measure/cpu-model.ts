import { success, type Result } from '../core/result.js';
import type { Machine } from '../recipe/schema.js';
import type { BootEnd, BootFailure } from './boot.js';
import { cpuRefusal } from './refusal.js';
import { forAccelerator, type Accelerator } from './vm.js';
import { bootRig, type RigBoot, type VmRig } from './vm-rig.js';

/** A CPU model that cannot be had on this machine. */
export interface CpuRefused {
  /** Missing where the recipe leaves it to the hypervisor. */
  readonly model?: string;
  /** Why, in the hypervisor's words: `failed to set MSR 0x10a`. */
  readonly detail: string;
}

/** A boot, and the machine that it was done with. */
export interface CpuBoot {
  readonly end: BootEnd;
  /** The recipe's; after a fall-back the same with that CPU model, and without further fall-backs. */
  readonly machine: Machine;
  /** There when a fall-back was taken. */
  readonly refused?: CpuRefused;
}

/**
 * Boots once. Where the CPU model is refused, boots with the machine's fall-backs in turn until one is not; where
 * there is none, or none works, the boot with the first model is what is given.
 */
export async function bootWithCpu(rig: VmRig, request: RigBoot): Promise<Result<CpuBoot, BootFailure>> {
  const end = await bootRig(rig, request);
  if (!end.ok) {
    return end;
  }
  const detail = cpuRefusal(end.value);
  for (const cpu of detail === undefined ? [] : rig.machine['cpu-fallbacks']) {
    const machine = withCpu(rig.machine, cpu);
    const again = await bootRig(rig, { ...request, machine });
    if (!again.ok) {
      return again;
    }
    if (detail !== undefined && cpuRefusal(again.value) === undefined) {
      const refused = { ...namedCpu(rig.machine, request.accelerator), detail };
      return success({ end: again.value, machine, refused });
    }
  }
  return success({ end: end.value, machine: rig.machine });
}

/** The machine with a CPU model that is settled. */
export function withCpu(machine: Machine, cpu: string): Machine {
  return { ...machine, cpu, 'cpu-fallbacks': [] };
}

/** The machine's CPU model as a `model` that is missing where none is named. */
export function namedCpu({ cpu }: Machine, accelerator: Accelerator): { readonly model?: string } {
  return cpu === undefined ? {} : { model: forAccelerator(cpu, accelerator) };
}

/** Says to a person which fall-back was taken and why. */
export function explainFallback({ model, detail }: CpuRefused, { cpu }: Machine, accelerator: Accelerator): string {
  const taken = `measuring with "${cpu === undefined ? '' : forAccelerator(cpu, accelerator)}"`;
  const wanted = model === undefined ? "the hypervisor's own CPU model" : `the CPU model "${model}"`;
  const msr = /MSR 0x[0-9a-f]+/i.exec(detail)?.[0];
  return msr === undefined
    ? `${wanted} cannot be had here (${detail}): ${taken}`
    : `the host's KVM refuses ${msr}, which ${wanted} needs: ${taken}`;
}

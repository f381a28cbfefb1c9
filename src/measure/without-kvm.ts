import type { KvmObstacle } from '../core/failures/measure.js';
import { success, type Result } from '../core/result.js';
import type { Machine } from '../recipe/schema.js';
import { findProgram } from '../system/distribution.js';
import type { BootEnd, BootFailure } from './boot.js';
import type { Check } from './check.js';
import { machineTypes } from './hypervisor-help.js';
import { judge, type Outcome } from './verdict.js';
import { forAccelerator, type Accelerator } from './vm.js';
import { bootRig, type VmRig } from './vm-rig.js';

/** What the guest of a boot that failed with KVM does elsewhere. */
export type Opinion =
  /** It comes to the point without KVM. */
  | { readonly kind: 'comes'; readonly without: Extract<KvmObstacle, { kind: 'no-boot' }>['without'] }
  /** It comes there on another machine, with KVM too. */
  | { readonly kind: 'comes-elsewhere'; readonly hypervisor: string; readonly machine: string }
  /** It does not come there under the same hypervisor's TCG either. */
  | { readonly kind: 'fails' }
  /** There is nothing else here that it could be booted with, or it does not come there either. */
  | { readonly kind: 'unknown' };

/** The emulator that distributions install. */
const DISTRIBUTION_QEMU = 'qemu-system-x86_64';
/** On newer ones kernels before 5.x walk a reserved range of 12 GiB page by page, for minutes. */
const OLD_ENOUGH_PC = 'pc-i440fx-7.0';

/**
 * Boots the guest of a boot that failed with KVM without it: by the same hypervisor, or, where that has no TCG, by
 * the distribution's QEMU on its PC. The latter changes more than the accelerator, so it also boots with KVM there:
 * only when that fails as well is KVM what makes the difference.
 */
export async function askWithoutKvm(check: Check): Promise<Result<Opinion, BootFailure>> {
  const rig = tcgRig(check.rig);
  const end = await bootTo(check, rig, 'tcg');
  if (!end.ok) {
    return end;
  }
  const outcome = judge(end.value, check.point);
  if (outcome === 'reached') {
    return success(comes(rig, end.value));
  }
  return NO_TCG.has(outcome) ? askDistribution(check) : success({ kind: 'fails' });
}

/** How a boot ends where TCG is not built in, or where the machine type asserts KVM. */
const NO_TCG: ReadonlySet<Outcome> = new Set(['refused', 'crashed']);

/** The same VM for TCG. A CPU model that is one for all is meant for KVM; TCG does not have "host". */
export function tcgRig(rig: VmRig): VmRig {
  const { cpu, ...machine } = rig.machine;
  return typeof cpu === 'string' ? { ...rig, machine } : rig;
}

/** KVM is quick, where it serves: it gets what TCG took twice, and at least this. */
const SHORTEST_CONTROL_MILLISECONDS = 2_000;

async function askDistribution(check: Check): Promise<Result<Opinion, BootFailure>> {
  const hypervisor = findProgram(DISTRIBUTION_QEMU);
  if (hypervisor === undefined) {
    return success({ kind: 'unknown' });
  }
  const rig = await distributionRig(check.rig, hypervisor);
  const end = await bootTo(check, rig, 'tcg');
  if (!end.ok || judge(end.value, check.point) !== 'reached') {
    return end.ok ? success({ kind: 'unknown' }) : end;
  }
  const twice = (2 * Number(end.value.elapsedNs)) / 1e6;
  const timeoutMilliseconds = Math.round(Math.max(SHORTEST_CONTROL_MILLISECONDS, twice));
  const control = await bootTo(check, { ...rig, timeoutMilliseconds }, 'kvm');
  if (!control.ok || judge(control.value, check.point) !== 'reached') {
    return control.ok ? success(comes(rig, end.value)) : control;
  }
  return success({ kind: 'comes-elsewhere', hypervisor, machine: forAccelerator(rig.machine.type, 'kvm') });
}

async function distributionRig(rig: VmRig, hypervisor: string): Promise<VmRig> {
  const { firmware, kernel } = rig.files;
  const files = { hypervisor, firmware, kernel };
  const types = await machineTypes({ ...rig, files });
  const { memory, append } = rig.machine;
  const machine: Machine = {
    type: types.includes(OLD_ENOUGH_PC) ? OLD_ENOUGH_PC : 'pc',
    accel: 'tcg',
    'cpu-fallbacks': [],
    memory,
    cpus: 1,
    append,
    'exit-device': 'isa-debug-exit',
    'exit-iosize': 1,
    arguments: [],
  };
  return { ...rig, files, machine };
}

async function bootTo(
  { point, context }: Check,
  rig: VmRig,
  accelerator: Accelerator,
): Promise<Result<BootEnd, BootFailure>> {
  const end = await bootRig(rig, { accelerator, exit: point });
  if (end.ok) {
    const where = `${forAccelerator(rig.machine.type, accelerator)} of ${rig.files.hypervisor}`;
    context.log(`${point.name}: for comparison with ${accelerator} on ${where}: ${judge(end.value, point)}`);
  }
  return end;
}

function comes({ files, machine }: VmRig, { elapsedNs }: BootEnd): Opinion {
  const seconds = Math.round(Number(elapsedNs) / 1e7) / 100;
  return {
    kind: 'comes',
    without: { hypervisor: files.hypervisor, machine: forAccelerator(machine.type, 'tcg'), seconds },
  };
}

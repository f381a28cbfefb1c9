import { success, type Result } from '../core/result.js';
import type { Machine } from '../recipe/schema.js';
import type { BootEnd, BootFailure } from './boot.js';
import { complaints } from './console.js';
import { bootWithCpu, type CpuRefused } from './cpu-model.js';
import type { KvmAccess } from './host.js';
import { judge } from './verdict.js';
import type { Accelerator } from './vm.js';
import { lastPoint, type VmRig } from './vm-rig.js';

/**
 * Why an accelerator was taken, in fixed words: the recipe asked for it; a boot got through to the last point with
 * KVM; or KVM is missing, may not be opened, hangs before the last point, or fails there in another way.
 */
export type AcceleratorReason = 'asked' | 'kvm-boots' | 'kvm-missing' | 'kvm-forbidden' | 'kvm-hangs' | 'kvm-fails';

/** The accelerator to measure with, and why. */
export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  readonly reason: AcceleratorReason;
  /** The recipe's; where KVM took a CPU fall-back, with that CPU model. */
  readonly machine: Machine;
  /** There when a fall-back was taken. */
  readonly cpuRefused?: CpuRefused;
  /** The boot that decided against KVM. */
  readonly end?: BootEnd;
  /** The time that boot had. */
  readonly limitMilliseconds?: number;
}

/** A healthy KVM boots in well under a second. Where it hangs, this is all the time that is lost by it. */
export const KVM_TRIAL_MILLISECONDS = 6_000;

/**
 * What `accel: auto` comes to here: KVM when one boot gets through to the last point with it, else TCG.
 * A device that opens proves nothing: there are hosts on which the firmware runs with it and the kernel never ends.
 */
export async function chooseAccelerator(rig: VmRig, kvm: KvmAccess): Promise<Result<AcceleratorChoice, BootFailure>> {
  const { machine } = rig;
  if (kvm !== 'usable') {
    return success({ accelerator: 'tcg', reason: `kvm-${kvm}`, machine });
  }
  const point = lastPoint(rig);
  const timeoutMilliseconds = Math.min(rig.timeoutMilliseconds, KVM_TRIAL_MILLISECONDS);
  const tried = await bootWithCpu(rig, { accelerator: 'kvm', exit: point, timeoutMilliseconds });
  if (!tried.ok) {
    return tried;
  }
  const { end, machine: settled, refused } = tried.value;
  const outcome = judge(end, point);
  if (outcome === 'reached') {
    const fallback = refused === undefined ? {} : { cpuRefused: refused };
    return success({ accelerator: 'kvm', reason: 'kvm-boots', machine: settled, ...fallback });
  }
  const reason = outcome === 'hung' ? 'kvm-hangs' : 'kvm-fails';
  return success({ accelerator: 'tcg', reason, machine, end, limitMilliseconds: timeoutMilliseconds });
}

/** Says to a person what was chosen on `auto` and why. */
export function explainChoice({
  accelerator,
  reason,
  end,
  limitMilliseconds = KVM_TRIAL_MILLISECONDS,
}: AcceleratorChoice): string {
  const slow = `measuring under TCG, which is slower than real hardware: compare its figures with each other only`;
  switch (reason) {
    case 'asked':
      return `measuring with ${accelerator.toUpperCase()}, as the recipe asks`;
    case 'kvm-boots':
      return 'measuring with KVM: a boot gets through to the last point with it';
    case 'kvm-missing':
      return `there is no /dev/kvm; ${slow}`;
    case 'kvm-forbidden':
      return `this user may not open /dev/kvm (the group "kvm" may, mostly); ${slow}`;
    case 'kvm-hangs':
      return `a boot with KVM did not get to the last point within ${limitMilliseconds / 1000} s; ${slow}`;
    case 'kvm-fails':
      return `a boot with KVM ended before the last point (${describe(end)}); ${slow}`;
  }
}

function describe(end: BootEnd | undefined): string {
  const [complaint] = complaints(end?.errors ?? '');
  const ending = end?.status === undefined ? (end?.signal ?? 'it failed') : `status ${end.status}`;
  return complaint === undefined ? ending : `${ending}: ${complaint}`;
}

import type { Untraceable } from '../core/failures/measure.js';
import { success, type Result } from '../core/result.js';
import { KVM_TRIAL_MILLISECONDS } from './accelerator.js';
import type { BootEnd, BootFailure } from './boot.js';
import type { Check } from './check.js';
import { complaints } from './console.js';
import { bootWithCpu, explainFallback, type CpuRefused } from './cpu-model.js';
import { readTrace } from './trace.js';
import { judgeTrace } from './verdict.js';
import type { VmRig } from './vm-rig.js';

/** What a traced boot came to. */
export interface TracedCheck {
  /** The check's; after a CPU fall-back, with that CPU model. */
  readonly rig: VmRig;
  /** There when a fall-back was taken. */
  readonly cpuRefused?: CpuRefused;
  /** There when a point did not come as it must. */
  readonly untraceable?: { readonly why: Untraceable; readonly end: BootEnd };
}

/** Whether the machine has a bus that recorders can be put on. */
export function canTrace({ machine }: VmRig): boolean {
  return machine['exit-device'] === 'isa-debug-exit';
}

/**
 * Boots once with a recorder on every point's port. With KVM the boot gets no longer than a healthy KVM takes, unless
 * `patient`: where KVM does not serve, boots that end at a point tell more of why.
 */
export async function checkTrace(
  { rig, accelerator, context }: Omit<Check, 'point'>,
  patience: 'patient' | 'trial',
): Promise<Result<TracedCheck, BootFailure>> {
  const isTrial = accelerator === 'kvm' && patience === 'trial';
  const timeoutMilliseconds = Math.min(rig.timeoutMilliseconds, isTrial ? KVM_TRIAL_MILLISECONDS : Infinity);
  const tried = await bootWithCpu(rig, { accelerator, exit: 'traced', timeoutMilliseconds });
  if (!tried.ok) {
    return tried;
  }
  const { end, machine, refused } = tried.value;
  if (refused !== undefined) {
    context.notice('warning', explainFallback(refused, machine, accelerator));
  }
  const outcome = judgeTrace(end, rig.points);
  context.log(`all points in one boot: ${outcome}`);
  return success({
    rig: refused === undefined ? rig : { ...rig, machine },
    ...(refused === undefined ? {} : { cpuRefused: refused }),
    ...(outcome === 'reached' ? {} : { untraceable: { why: whyUntraceable(end, rig), end } }),
  });
}

function whyUntraceable(end: BootEnd, { points }: VmRig): Untraceable {
  const { fault } = readTrace(end, points);
  const [detail] = judgeTrace(end, points) === 'refused' ? complaints(end.errors) : [];
  return detail !== undefined || fault === undefined ? { kind: 'refused', detail: detail ?? 'no reason' } : fault;
}

/** What a traced boot lacked, in words that stand after "a traced boot". */
export function explainUntraceable(why: Untraceable): string {
  switch (why.kind) {
    case 'no-isa-bus':
      return 'needs an ISA bus, which this machine does not have';
    case 'refused':
      return `does not start: ${why.detail}`;
    case 'wrong-value':
      return `wrote ${why.found} where "${why.point}" was due`;
    case 'point-missing':
      return `did not show ${why.points.map((name) => `"${name}"`).join(', ')}`;
    case 'out-of-order':
      return `showed "${why.point}" before "${why.after}"`;
  }
}

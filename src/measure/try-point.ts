import { success, type Result } from '../core/result.js';
import { KVM_TRIAL_MILLISECONDS } from './accelerator.js';
import type { BootFailure } from './boot.js';
import type { Check } from './check.js';
import { bootWithCpu, type CpuBoot } from './cpu-model.js';
import { cpuRefusal } from './refusal.js';
import { judge } from './verdict.js';
import { bootRig } from './vm-rig.js';
import { askWithoutKvm, type Opinion } from './without-kvm.js';

/** A boot to a point. */
export interface Attempt extends CpuBoot {
  /** There when the boot was with KVM and did not come to the point. */
  readonly opinion?: Opinion;
}

/**
 * Boots once to the point of a check. With KVM, a boot that does not come there in the time in which a healthy KVM
 * comes anywhere is compared with one without KVM: when that is quicker than the time that was waited, KVM is of no
 * use here, and there is no need to wait for the time-out. Else KVM gets all of its time.
 */
export async function tryPoint(check: Check): Promise<Result<Attempt, BootFailure>> {
  const { rig, point, accelerator } = check;
  if (accelerator === 'tcg') {
    return bootWithCpu(rig, { accelerator, exit: point });
  }
  const timeoutMilliseconds = Math.min(rig.timeoutMilliseconds, KVM_TRIAL_MILLISECONDS);
  const trial = await bootWithCpu(rig, { accelerator, exit: point, timeoutMilliseconds });
  if (!trial.ok || isPlain(trial.value, check)) {
    return trial;
  }
  const opinion = await askWithoutKvm(check);
  if (!opinion.ok) {
    return opinion;
  }
  const compared = { ...trial.value, opinion: opinion.value };
  const isOver = !trial.value.end.timedOut || timeoutMilliseconds === rig.timeoutMilliseconds;
  return isOver || isQuicker(opinion.value, timeoutMilliseconds) ? success(compared) : withPatience(check, compared);
}

/** It came, or the hypervisor itself says why not. */
function isPlain({ end }: CpuBoot, { point }: Check): boolean {
  return ['reached', 'refused'].includes(judge(end, point)) || cpuRefusal(end) !== undefined;
}

function isQuicker(opinion: Opinion, milliseconds: number): boolean {
  return opinion.kind === 'comes' && opinion.without.seconds * 1000 < milliseconds;
}

async function withPatience(
  { rig, point, accelerator }: Check,
  attempt: Attempt,
): Promise<Result<Attempt, BootFailure>> {
  const end = await bootRig(rig, { accelerator, exit: point, machine: attempt.machine });
  return end.ok ? success({ ...attempt, end: end.value }) : end;
}

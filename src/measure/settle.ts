import type { KvmRequired, ProbeFailed } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import { chooseAccelerator, explainChoice, type AcceleratorChoice } from './accelerator.js';
import type { BootFailure } from './boot.js';
import { probeFailed, type Check, type ProbeContext } from './check.js';
import { explainFallback } from './cpu-model.js';
import { explainEnd } from './diagnose.js';
import { kvmRequired } from './kvm-required.js';
import { judge } from './verdict.js';
import { lastPoint, type VmRig } from './vm-rig.js';

export type SettleFailure = BootFailure | ProbeFailed | KvmRequired;

/**
 * The accelerator that a machine is booted with: the one that the recipe asks for, or with `auto` what a boot shows to
 * serve. Fails with `kvm-required` where KVM is asked for and cannot be opened, and with `probe-failed` where the boot
 * shows a mistake in the recipe.
 */
export async function settle(rig: VmRig, context: ProbeContext): Promise<Result<AcceleratorChoice, SettleFailure>> {
  const asked = rig.machine.accel;
  if (asked === 'auto') {
    return settleByItself(rig, context);
  }
  return asked === 'kvm' && context.kvm !== 'usable'
    ? failed(await kvmRequired(lastCheck(rig, context), { kind: context.kvm }, []))
    : success({ accelerator: asked, reason: 'asked', machine: rig.machine });
}

async function settleByItself(rig: VmRig, context: ProbeContext): Promise<Result<AcceleratorChoice, SettleFailure>> {
  const choice = await chooseAccelerator(rig, context.kvm);
  if (!choice.ok) {
    return choice;
  }
  const mistake = await recipeMistake(rig, choice.value, context);
  if (mistake !== undefined) {
    return failed(mistake);
  }
  const { accelerator, machine, cpuRefused } = choice.value;
  if (cpuRefused !== undefined) {
    context.notice('warning', explainFallback(cpuRefused, machine, accelerator));
  }
  context.notice(accelerator === 'kvm' ? 'info' : 'warning', explainChoice(choice.value));
  return choice;
}

/** A machine or device that does not exist is a mistake in the recipe, and no reason to go on without KVM. */
async function recipeMistake(
  rig: VmRig,
  { end }: AcceleratorChoice,
  context: ProbeContext,
): Promise<ProbeFailed | undefined> {
  const check = lastCheck(rig, context);
  if (end === undefined || judge(end, check.point) !== 'refused') {
    return undefined;
  }
  const finding = await explainEnd(check, end);
  const { kind } = finding.diagnosis;
  return kind === 'no-such-machine' || kind === 'no-such-device' ? probeFailed(check, finding) : undefined;
}

function lastCheck(rig: VmRig, context: ProbeContext): Check {
  return { rig, point: lastPoint(rig), accelerator: 'kvm', context };
}

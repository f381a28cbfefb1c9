import type { KvmRequired, ProbeFailed } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import { chooseAccelerator, explainChoice, type AcceleratorChoice, type AcceleratorReason } from './accelerator.js';
import type { BootFailure } from './boot.js';
import { probeFailed, type Check, type ProbeContext } from './check.js';
import { checkPoint } from './check-point.js';
import { explainFallback, type CpuRefused } from './cpu-model.js';
import { explainEnd } from './diagnose.js';
import { kvmRequired } from './kvm-required.js';
import { judge } from './verdict.js';
import { forAccelerator, statusOf, type Accelerator } from './vm.js';
import { lastPoint, type VmRig } from './vm-rig.js';

/** What the probe settled: `probe.json`. It feeds a fingerprint, so no path, clock value or duration is in it. */
export interface ProbeRecord {
  readonly schemaVersion: 1;
  readonly accelerator: Accelerator;
  readonly reason: AcceleratorReason;
  readonly machine: string;
  /** The CPU model that is booted with. */
  readonly cpu?: string;
  /** There when `cpu` is a fall-back: what the recipe asks for, and why it cannot be had. */
  readonly cpuRefused?: CpuRefused;
  readonly exitDevice: string;
  readonly exitIosize: number;
  /** Every point, verified by a boot that ended with this status. */
  readonly points: readonly {
    readonly name: string;
    readonly port: number;
    readonly value: number;
    readonly status: number;
  }[];
}

export type ProbeFailure = BootFailure | ProbeFailed | KvmRequired;

/**
 * Settles the accelerator and the CPU model and boots once per exit point.
 * Fails with `probe-failed` and what was found out, when a point does not come as it must, and with `kvm-required`
 * when the recipe asks for KVM and it is KVM that does not serve.
 */
export async function probe(asked: VmRig, context: ProbeContext): Promise<Result<ProbeRecord, ProbeFailure>> {
  const choice = await settle(asked, context);
  if (!choice.ok) {
    return choice;
  }
  const { accelerator } = choice.value;
  let { cpuRefused } = choice.value;
  let rig: VmRig = { ...asked, machine: choice.value.machine };
  for (const [index, point] of rig.points.entries()) {
    const checked = await checkPoint({ rig, point, accelerator, context });
    if (!checked.ok) {
      return checked;
    }
    ({ rig, cpuRefused = cpuRefused } = checked.value);
    context.progress(index + 1);
  }
  return success(record(rig, choice.value, cpuRefused));
}

function record(
  { machine, points }: VmRig,
  { accelerator, reason }: AcceleratorChoice,
  cpuRefused: CpuRefused | undefined,
): ProbeRecord {
  return {
    schemaVersion: 1,
    accelerator,
    reason,
    machine: forAccelerator(machine.type, accelerator),
    ...(machine.cpu === undefined ? {} : { cpu: forAccelerator(machine.cpu, accelerator) }),
    ...(cpuRefused === undefined ? {} : { cpuRefused }),
    exitDevice: machine['exit-device'],
    exitIosize: machine['exit-iosize'],
    points: points.map(({ name, port, value }) => ({ name, port, value, status: statusOf(value) })),
  };
}

async function settle(rig: VmRig, context: ProbeContext): Promise<Result<AcceleratorChoice, ProbeFailure>> {
  const asked = rig.machine.accel;
  if (asked === 'auto') {
    return settleByItself(rig, context);
  }
  return asked === 'kvm' && context.kvm !== 'usable'
    ? failed(await kvmRequired(lastCheck(rig, context), { kind: context.kvm }, []))
    : success({ accelerator: asked, reason: 'asked', machine: rig.machine });
}

async function settleByItself(rig: VmRig, context: ProbeContext): Promise<Result<AcceleratorChoice, ProbeFailure>> {
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

import type { KvmRequired, ProbeFailed } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import type { BootFailure } from './boot.js';
import { probeFailed, type Check, type Finding } from './check.js';
import { explainFallback, type CpuRefused } from './cpu-model.js';
import { diagnose } from './diagnose.js';
import { kvmRequired } from './kvm-required.js';
import { tryPoint, type Attempt } from './try-point.js';
import { judge } from './verdict.js';
import type { VmRig } from './vm-rig.js';

/** What a point came with. */
export interface CheckedPoint {
  /** The check's; after a CPU fall-back, with that CPU model. */
  readonly rig: VmRig;
  /** There when a fall-back was taken. */
  readonly cpuRefused?: CpuRefused;
}

export type PointFailure = BootFailure | ProbeFailed | KvmRequired;

/**
 * Boots to a point and finds out what is wrong when it does not come as it must.
 * Fails with `kvm-required` when the recipe asks for KVM and KVM is to blame, with `probe-failed` otherwise.
 */
export function checkPoint(check: Check): Promise<Result<CheckedPoint, PointFailure>> {
  return attemptPoint(check, 1);
}

async function attemptPoint(check: Check, number: number): Promise<Result<CheckedPoint, PointFailure>> {
  const tried = await tryPoint(check);
  if (!tried.ok) {
    return tried;
  }
  const { point, context } = check;
  const settled = settleCpu(check, tried.value);
  const outcome = judge(tried.value.end, point);
  context.log(`${point.name}: ${outcome}, status ${tried.value.end.status ?? tried.value.end.signal ?? '?'}`);
  if (outcome === 'reached') {
    return success(settled);
  }
  const finding = await diagnose({ ...check, rig: settled.rig }, tried.value);
  if (!finding.ok || number >= attemptsFor(check, finding.value)) {
    return finding.ok ? failed(await failureOf({ ...check, rig: settled.rig }, finding.value)) : finding;
  }
  context.notice('warning', `a boot to "${point.name}" ended as ${outcome}; trying once more`);
  const again = await attemptPoint({ ...check, rig: settled.rig }, number + 1);
  return again.ok ? success({ ...settled, ...again.value }) : again;
}

function settleCpu({ rig, accelerator, context }: Check, { machine, refused }: Attempt): CheckedPoint {
  if (refused === undefined) {
    return { rig };
  }
  context.notice('warning', explainFallback(refused, machine, accelerator));
  return { rig: { ...rig, machine }, cpuRefused: refused };
}

/** A guest that hangs now and then gets this many boots to show the point; one that never showed it gets fewer. */
export const ATTEMPTS = { fired: 3, hang: 2 };

/** With KVM every attempt is two boots already. */
function attemptsFor({ accelerator }: Check, { diagnosis, fired }: Finding): number {
  if (fired === true) {
    return ATTEMPTS.fired;
  }
  return diagnosis.kind === 'hang' && accelerator === 'tcg' ? ATTEMPTS.hang : 1;
}

async function failureOf(check: Check, finding: Finding): Promise<ProbeFailed | KvmRequired> {
  const isAsked = check.rig.machine.accel === 'kvm';
  return finding.obstacle !== undefined && isAsked
    ? kvmRequired(check, finding.obstacle, finding.ends)
    : probeFailed(check, finding);
}

import type { Diagnosis, KvmObstacle } from '../core/failures/measure.js';
import { success, type Result } from '../core/result.js';
import type { BootEnd, BootFailure } from './boot.js';
import type { Check, Finding } from './check.js';
import { canTrace } from './check-trace.js';
import { namedCpu } from './cpu-model.js';
import { conclude } from './diagnosis.js';
import { machineTypes } from './hypervisor-help.js';
import { cpuRefusal, explainRefusal } from './refusal.js';
import type { Attempt } from './try-point.js';
import { judge } from './verdict.js';
import { forAccelerator } from './vm.js';
import type { VmRig } from './vm-rig.js';
import { watchBoot } from './watch-boot.js';
import { tcgRig, type Opinion } from './without-kvm.js';

/** Finds out why a boot did not come to the point of its check, booting and watching once more where that helps. */
export async function diagnose(check: Check, { end, opinion }: Attempt): Promise<Result<Finding, BootFailure>> {
  const outcome = judge(end, check.point);
  if (outcome === 'refused' || cpuRefusal(end) !== undefined) {
    return success(await explainEnd(check, end));
  }
  if (opinion?.kind === 'comes') {
    return success(blameKvm(check, end, opinion));
  }
  if (outcome === 'crashed') {
    return success({ diagnosis: { kind: 'crash', signal: end.signal ?? 'a signal' }, ends: [end] });
  }
  if (opinion?.kind === 'comes-elsewhere') {
    const { hypervisor, machine } = opinion;
    const { name } = check.point;
    check.context.notice('info', `a boot gets to "${name}" with KVM on the machine "${machine}" of ${hypervisor}`);
  }
  const watched: Check = opinion?.kind === 'fails' ? { ...check, rig: tcgRig(check.rig), accelerator: 'tcg' } : check;
  return watchGuest(watched, end);
}

/** What a hypervisor that ended instead of booting meant. */
export async function explainEnd({ rig, accelerator }: Check, end: BootEnd): Promise<Finding> {
  const detail = cpuRefusal(end);
  if (detail !== undefined) {
    const model = namedCpu(rig.machine, accelerator);
    return {
      diagnosis: { kind: 'cpu-refused', ...model, detail, fallbacks: rig.machine['cpu-fallbacks'] },
      ends: [end],
    };
  }
  const diagnosis = explainRefusal({
    errors: end.errors,
    machine: forAccelerator(rig.machine.type, accelerator),
    knownMachines: await machineTypes(rig),
  });
  const obstacle: { obstacle?: KvmObstacle } =
    diagnosis.kind === 'kvm-unusable' ? { obstacle: { kind: 'refused', detail: diagnosis.detail } } : {};
  return { diagnosis, ends: [end], ...obstacle };
}

function blameKvm({ rig, point }: Check, end: BootEnd, { without }: Extract<Opinion, { kind: 'comes' }>): Finding {
  // The points before this one came: they were checked first.
  const before = rig.points[rig.points.indexOf(point) - 1];
  return {
    diagnosis: { kind: 'kvm-unusable', detail: `a boot gets to "${point.name}" under TCG and not with KVM` },
    ends: [end],
    obstacle: {
      kind: 'no-boot',
      point: point.name,
      ...(before === undefined ? {} : { passed: before.name }),
      ending: endingOf(end),
      without,
    },
  };
}

function endingOf({ timedOut, status, signal }: BootEnd): string {
  if (timedOut) {
    return 'it hangs';
  }
  return status === undefined ? `${signal ?? 'a signal'} ends it` : `it ends with status ${status}`;
}

async function watchGuest(check: Check, end: BootEnd): Promise<Result<Finding, BootFailure>> {
  const { rig, point, accelerator } = check;
  const hasIsaBus = canTrace(rig);
  const watched = await watchBoot(rig, { point, accelerator, hasIsaBus });
  if (!watched.ok) {
    return watched;
  }
  const diagnosis = conclude({
    point,
    points: rig.points,
    exitIosize: rig.machine['exit-iosize'],
    failed: end,
    timeoutSeconds: rig.timeoutMilliseconds / 1000,
    watched: watched.value,
  });
  if (diagnosis === undefined) {
    return success({ diagnosis: sporadic(rig, end), ends: [end], fired: true });
  }
  return success({ diagnosis, ends: [watched.value.end, end], ...(hasIsaBus ? {} : { unwatched: true }) });
}

/** The point came in one boot and not in another. */
function sporadic(rig: VmRig, end: BootEnd): Diagnosis {
  return end.timedOut || end.status === undefined
    ? { kind: 'hang', seconds: rig.timeoutMilliseconds / 1000 }
    : { kind: 'other-status', status: end.status };
}

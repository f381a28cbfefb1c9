import type { Diagnosis, ProbeFailed } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import type { Point } from '../recipe/schema.js';
import { runCommand } from '../system/command.js';
import { chooseAccelerator, explainChoice, type AcceleratorChoice, type AcceleratorReason } from './accelerator.js';
import type { BootEnd, BootFailure } from './boot.js';
import { lastLines } from './console.js';
import { conclude } from './diagnosis.js';
import type { KvmAccess } from './host.js';
import { explainRefusal, parseMachines } from './refusal.js';
import { judge } from './verdict.js';
import { forAccelerator, statusOf, type Accelerator } from './vm.js';
import { bootRig, lastPoint, rigCommand, type VmRig } from './vm-rig.js';
import { watchBoot } from './watch-boot.js';

/** What the probe settled: `probe.json`. It feeds a fingerprint, so no path, clock value or duration is in it. */
export interface ProbeRecord {
  readonly schemaVersion: 1;
  readonly accelerator: Accelerator;
  readonly reason: AcceleratorReason;
  readonly machine: string;
  readonly cpu?: string;
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

/** The outside of a probe. */
export interface ProbeContext {
  readonly kvm: KvmAccess;
  notice(level: 'info' | 'warning', text: string): void;
  log(line: string): void;
  progress(done: number): void;
}

export type ProbeFailure = BootFailure | ProbeFailed;

/** A guest that hangs now and then gets this many boots to show the point; one that never showed it gets fewer. */
const ATTEMPTS = { fired: 3, hang: 2 };

/**
 * Settles the accelerator and boots once per exit point.
 * Fails with `probe-failed` and what was found out, when a point does not come as it must.
 */
export async function probe(rig: VmRig, context: ProbeContext): Promise<Result<ProbeRecord, ProbeFailure>> {
  const choice = await settle(rig, context);
  if (!choice.ok) {
    return choice;
  }
  for (const [index, point] of rig.points.entries()) {
    const checked = await checkPoint({ rig, point, accelerator: choice.value.accelerator, context });
    if (!checked.ok) {
      return checked;
    }
    context.progress(index + 1);
  }
  return success(record(rig, choice.value));
}

function record({ machine, points }: VmRig, { accelerator, reason }: AcceleratorChoice): ProbeRecord {
  return {
    schemaVersion: 1,
    accelerator,
    reason,
    machine: forAccelerator(machine.type, accelerator),
    ...(machine.cpu === undefined ? {} : { cpu: forAccelerator(machine.cpu, accelerator) }),
    exitDevice: machine['exit-device'],
    exitIosize: machine['exit-iosize'],
    points: points.map(({ name, port, value }) => ({ name, port, value, status: statusOf(value) })),
  };
}

/* ---- which accelerator ---- */

async function settle(rig: VmRig, context: ProbeContext): Promise<Result<AcceleratorChoice, ProbeFailure>> {
  const asked = rig.machine.accel;
  if (asked !== 'auto') {
    const check = { rig, point: lastPoint(rig), accelerator: asked, context };
    return asked === 'kvm' && context.kvm !== 'usable'
      ? failed(probeFailed(check, { diagnosis: { kind: 'kvm-unusable', detail: WHY_NOT_KVM[context.kvm] } }))
      : success({ accelerator: asked, reason: 'asked' });
  }
  const choice = await chooseAccelerator(rig, context.kvm);
  if (!choice.ok) {
    return choice;
  }
  const mistake = await recipeMistake(rig, choice.value, context);
  if (mistake !== undefined) {
    return failed(mistake);
  }
  context.notice(choice.value.accelerator === 'kvm' ? 'info' : 'warning', explainChoice(choice.value));
  return choice;
}

const WHY_NOT_KVM: Readonly<Record<Exclude<KvmAccess, 'usable'>, string>> = {
  missing: 'there is no /dev/kvm',
  forbidden: 'this user may not open /dev/kvm (mostly the group "kvm" may)',
};

/** A machine or device that does not exist is a mistake in the recipe, and no reason to go on without KVM. */
async function recipeMistake(
  rig: VmRig,
  { end }: AcceleratorChoice,
  context: ProbeContext,
): Promise<ProbeFailed | undefined> {
  const check = { rig, point: lastPoint(rig), accelerator: 'kvm' as const, context };
  if (end === undefined || judge(end, check.point) !== 'refused') {
    return undefined;
  }
  const diagnosis = await explainEnd(check, end);
  return diagnosis.kind === 'no-such-machine' || diagnosis.kind === 'no-such-device'
    ? probeFailed(check, { diagnosis, ends: [end] })
    : undefined;
}

/* ---- one point ---- */

interface Check {
  readonly rig: VmRig;
  readonly point: Point;
  readonly accelerator: Accelerator;
  readonly context: ProbeContext;
}

async function checkPoint(check: Check): Promise<Result<void, ProbeFailure>> {
  const { rig, point, accelerator, context } = check;
  for (let attempt = 1; ; attempt++) {
    const end = await bootRig(rig, { accelerator, exit: point });
    if (!end.ok) {
      return end;
    }
    const outcome = judge(end.value, point);
    context.log(`${point.name}: ${outcome}, status ${end.value.status ?? end.value.signal ?? '?'}`);
    if (outcome === 'reached') {
      return success(undefined);
    }
    const finding = await diagnose(check, end.value);
    if (!finding.ok) {
      return finding;
    }
    if (attempt >= attemptsFor(finding.value)) {
      return failed(probeFailed(check, finding.value));
    }
    context.notice('warning', `a boot to "${point.name}" ended as ${outcome}; trying once more`);
  }
}

/** What was found out, and the boots that showed it. */
interface Finding {
  readonly diagnosis: Diagnosis;
  readonly ends?: readonly BootEnd[];
  /** The point came as it must in the boot that was watched. */
  readonly fired?: boolean;
}

function attemptsFor({ diagnosis, fired }: Finding): number {
  return fired === true ? ATTEMPTS.fired : diagnosis.kind === 'hang' ? ATTEMPTS.hang : 1;
}

async function diagnose(check: Check, end: BootEnd): Promise<Result<Finding, BootFailure>> {
  const outcome = judge(end, check.point);
  if (outcome === 'refused') {
    return success({ diagnosis: await explainEnd(check, end), ends: [end] });
  }
  if (outcome === 'crashed') {
    return success({ diagnosis: { kind: 'crash', signal: end.signal ?? 'a signal' }, ends: [end] });
  }
  return check.accelerator === 'kvm' ? diagnoseKvm(check, end) : diagnoseGuest(check, end);
}

/** Under KVM the guest may be sound and KVM not: TCG tells them apart, where the hypervisor has it. */
async function diagnoseKvm(check: Check, end: BootEnd): Promise<Result<Finding, BootFailure>> {
  const { rig, point } = check;
  const other = await bootRig(rig, { accelerator: 'tcg', exit: point });
  if (!other.ok) {
    return other;
  }
  const outcome = judge(other.value, point);
  if (outcome === 'reached') {
    const detail = `a boot gets to "${point.name}" under TCG and not with KVM`;
    return success({ diagnosis: { kind: 'kvm-unusable', detail }, ends: [end] });
  }
  return diagnoseGuest(outcome === 'refused' ? check : { ...check, accelerator: 'tcg' }, end);
}

async function diagnoseGuest(check: Check, end: BootEnd): Promise<Result<Finding, BootFailure>> {
  const { rig, point, accelerator } = check;
  const hasIsaBus = rig.machine['exit-device'] === 'isa-debug-exit';
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
  return success(
    diagnosis === undefined
      ? { diagnosis: sporadic(rig, end), ends: [end], fired: true }
      : { diagnosis, ends: [watched.value.end, end] },
  );
}

/** The point came in one boot and not in another. */
function sporadic(rig: VmRig, end: BootEnd): Diagnosis {
  return end.timedOut || end.status === undefined
    ? { kind: 'hang', seconds: rig.timeoutMilliseconds / 1000 }
    : { kind: 'other-status', status: end.status };
}

async function explainEnd({ rig, accelerator }: Check, end: BootEnd): Promise<Diagnosis> {
  const help = await runCommand({
    program: rig.files.hypervisor,
    arguments: ['-machine', 'help'],
    folder: rig.folder,
    timeoutMilliseconds: 10_000,
    signal: rig.signal,
  });
  return explainRefusal({
    errors: end.errors,
    machine: forAccelerator(rig.machine.type, accelerator),
    knownMachines: help.ok ? parseMachines(help.value.stdout) : [],
  });
}

function probeFailed({ rig, point, accelerator }: Check, { diagnosis, ends = [] }: Finding): ProbeFailed {
  const talkative = ends.find(({ console }) => console.trim() !== '');
  return {
    reason: 'probe-failed',
    point: point.name,
    port: point.port,
    expectedStatus: statusOf(point.value),
    diagnosis,
    console: [...lastLines(talkative?.console ?? ''), ...lastLines(ends.at(-1)?.errors ?? '', 5)],
    command: rigCommand(rig, { accelerator, exit: point }),
  };
}

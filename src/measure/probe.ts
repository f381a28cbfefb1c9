import type { KvmRequired, ProbeFailed, Untraceable } from '../core/failures/measure.js';
import { failed, success, type Result } from '../core/result.js';
import type { AcceleratorChoice, AcceleratorReason } from './accelerator.js';
import type { BootEnd, BootFailure } from './boot.js';
import type { MeasuringMethod } from './boot-plan.js';
import { probeFailed, type Check, type ProbeContext } from './check.js';
import { ATTEMPTS, checkPoint, type CheckedPoint } from './check-point.js';
import { canTrace, checkTrace, explainUntraceable, type TracedCheck } from './check-trace.js';
import type { CpuRefused } from './cpu-model.js';
import { settle } from './settle.js';
import { forAccelerator, statusOf, type Accelerator } from './vm.js';
import { lastPoint, rigCommand, type VmRig } from './vm-rig.js';

/** What the probe settled: `probe.json`. It feeds a fingerprint, so no path, clock value or duration is in it. */
export interface ProbeRecord {
  readonly schemaVersion: 2;
  /** How it can be measured here, which is what the recipe asks for unless that is `auto`. */
  readonly method: MeasuringMethod;
  readonly accelerator: Accelerator;
  readonly reason: AcceleratorReason;
  readonly machine: string;
  /** The CPU model that is booted with. */
  readonly cpu?: string;
  /** There when `cpu` is a fall-back: what the recipe asks for, and why it cannot be had. */
  readonly cpuRefused?: CpuRefused;
  readonly exitDevice: string;
  readonly exitIosize: number;
  /** Every point, seen in a boot. `status` is that of a boot that ends there. */
  readonly points: readonly {
    readonly name: string;
    readonly port: number;
    readonly value: number;
    readonly status: number;
  }[];
}

/** `probe.json`: of a recipe with a matrix it is the record of the base cell, and holds that of every cell. */
export interface ProbeDocument extends ProbeRecord {
  /** By the name of the cell, the base among them. */
  readonly cells?: Readonly<Record<string, ProbeRecord>>;
}

export type ProbeFailure = BootFailure | ProbeFailed | KvmRequired;

/**
 * Settles the accelerator, the CPU model and the method, and makes sure that every point comes: in one traced boot, or
 * in boots that end there where the method needs those or the traced boot failed.
 * Fails with `probe-failed` and what was found out, when a point does not come as it must, and with `kvm-required`
 * when the recipe asks for KVM and it is KVM that does not serve.
 */
export async function probe(asked: VmRig, context: ProbeContext): Promise<Result<ProbeRecord, ProbeFailure>> {
  const choice = await settleTraceable(asked, context);
  return choice.ok ? probeSettled(asked, choice.value, context) : choice;
}

/** {@link settle}, and a failure at once where the method that the recipe asks for needs what the machine does not have. */
export function settleTraceable(asked: VmRig, context: ProbeContext): Promise<Result<AcceleratorChoice, ProbeFailure>> {
  return needsTrace(context) && !canTrace(asked)
    ? Promise.resolve(failed(untraceable({ rig: asked, accelerator: 'tcg', context }, { kind: 'no-isa-bus' })))
    : settle(asked, context);
}

/** {@link probe} with an accelerator that is settled. */
export async function probeSettled(
  asked: VmRig,
  choice: AcceleratorChoice,
  context: ProbeContext,
): Promise<Result<ProbeRecord, ProbeFailure>> {
  const { accelerator, machine, cpuRefused } = choice;
  const checked = await checkPoints({ rig: { ...asked, machine }, accelerator, context });
  return checked.ok ? success(record(choice, { cpuRefused, ...checked.value })) : checked;
}

/** The checks of one probe before the choice of a point. */
type Checks = Omit<Check, 'point'>;

interface CheckedPoints extends CheckedPoint {
  readonly method: MeasuringMethod;
}

async function checkPoints(checks: Checks): Promise<Result<CheckedPoints, ProbeFailure>> {
  const { rig, context } = checks;
  if (context.method === 'exit' || !canTrace(rig)) {
    return withMethod('exit', await checkExits(checks, 0));
  }
  const traced = await checkTrace(checks, 'trial');
  if (!traced.ok) {
    return traced;
  }
  context.progress(1, 1);
  if (traced.value.untraceable !== undefined) {
    return checkOtherwise({ ...checks, rig: traced.value.rig }, traced.value);
  }
  if (context.method !== 'both') {
    return success({ ...traced.value, method: 'trace' });
  }
  const exits = await checkExits({ ...checks, rig: traced.value.rig }, 1);
  return withMethod('both', exits.ok ? success({ ...traced.value, ...exits.value }) : exits);
}

/** Boots to each point tell best why a traced boot failed. Where they come, it may have been chance. */
async function checkOtherwise(checks: Checks, first: TracedCheck): Promise<Result<CheckedPoints, ProbeFailure>> {
  const { context } = checks;
  const exits = await checkExits(checks, 1);
  if (!exits.ok) {
    return exits;
  }
  const settled: CheckedPoint = { ...first, ...exits.value };
  const again = await traceAgain({ ...checks, rig: settled.rig }, first);
  if (!again.ok) {
    return again;
  }
  const why = again.value.untraceable?.why;
  if (why === undefined) {
    return success({ ...settled, method: context.method === 'both' ? 'both' : 'trace' });
  }
  if (needsTrace(context)) {
    return failed(untraceable({ ...checks, rig: settled.rig }, why, again.value.untraceable?.end));
  }
  context.notice('warning', `a traced boot ${explainUntraceable(why)}: measuring with a boot for each point`);
  return success({ ...settled, method: 'exit' });
}

/**
 * A guest that fails now and then gets as many boots to show its points as it gets for each of them. A hypervisor that
 * does not take the recorders takes them no better the second time.
 */
async function traceAgain(checks: Checks, first: TracedCheck): Promise<Result<TracedCheck, BootFailure>> {
  let last = first;
  for (let attempt = 1; attempt < ATTEMPTS.fired && mayTraceYet(last); attempt++) {
    const next = await checkTrace(checks, 'patient');
    if (!next.ok) {
      return next;
    }
    last = next.value;
  }
  return success(last);
}

function mayTraceYet({ untraceable: found }: TracedCheck): boolean {
  return found !== undefined && found.why.kind !== 'refused';
}

async function checkExits(checks: Checks, before: number): Promise<Result<CheckedPoint, ProbeFailure>> {
  const { context } = checks;
  let settled: CheckedPoint = { rig: checks.rig };
  for (const [index, point] of checks.rig.points.entries()) {
    const checked = await checkPoint({ ...checks, rig: settled.rig, point });
    if (!checked.ok) {
      return checked;
    }
    settled = { ...settled, ...checked.value };
    context.progress(before + index + 1, before + checks.rig.points.length);
  }
  return success(settled);
}

function withMethod(
  method: MeasuringMethod,
  checked: Result<CheckedPoint, ProbeFailure>,
): Result<CheckedPoints, ProbeFailure> {
  return checked.ok ? success({ ...checked.value, method }) : checked;
}

function needsTrace({ method }: ProbeContext): boolean {
  return method === 'trace' || method === 'both';
}

function untraceable(checks: Checks, why: Untraceable, end?: BootEnd): ProbeFailed {
  const missing = why.kind === 'point-missing' ? why.points[0] : 'point' in why ? why.point : undefined;
  const point = checks.rig.points.find(({ name }) => name === missing) ?? lastPoint(checks.rig);
  const failure = probeFailed(
    { ...checks, point },
    { diagnosis: { kind: 'untraceable', why }, ends: end === undefined ? [] : [end] },
  );
  return { ...failure, command: rigCommand(checks.rig, { accelerator: checks.accelerator, exit: 'traced' }) };
}

function record(
  { accelerator, reason }: AcceleratorChoice,
  {
    rig: { machine, points },
    method,
    cpuRefused,
  }: Omit<CheckedPoints, 'cpuRefused'> & { readonly cpuRefused: CpuRefused | undefined },
): ProbeRecord {
  return {
    schemaVersion: 2,
    method,
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

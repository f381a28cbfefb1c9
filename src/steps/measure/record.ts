import type { Digest } from '../../core/digest.js';
import type { PlanRequest } from '../../measure/boot-plan.js';
import type { HostRecord } from '../../measure/host.js';
import type { CellRecord, MeasurementRecord, SchedulingRecord } from '../../measure/measurement-record.js';
import type { Sample } from '../../measure/samples.js';
import type { VmRig } from '../../measure/vm-rig.js';
import { digestFile } from '../../system/files.js';
import type { Machines, ProbedCell } from './bootable.js';
import { sessionRecords } from './sessions.js';
import { tunedRecord, type MeasuredHere } from './tuned.js';

/** A measurement whose boots are done. */
export interface Finished extends MeasuredHere {
  readonly fingerprint: Digest;
  readonly plan: PlanRequest;
  readonly cells: Machines;
  /** Session -> the host before its first boot, as far as it is known. */
  readonly hosts: ReadonlyMap<number, HostRecord>;
}

/** What is written down of it besides its samples. Throws system errors. */
export function measurementRecord(finished: Finished): MeasurementRecord {
  const { fingerprint, plan, cells, hosts, knobs, samples, stopped } = finished;
  const [base] = cells;
  const { recipe, vm } = base;
  return {
    schemaVersion: 2,
    fingerprint,
    ...conditions(base, plan),
    plan: stopped === undefined ? plan : { ...plan, boots: stopped.boots },
    arguments: recipe.machine.arguments,
    timeout: recipe.measure.timeout,
    scheduling: schedulingRecord(vm.rig, samples),
    ...(knobs === undefined ? {} : { tuned: tunedRecord(knobs, samples) }),
    host: hostOfFirst(finished),
    inputs: inputDigests(vm.rig),
    firstBootAt: samples[0]?.at ?? '',
    lastBootAt: samples.at(-1)?.at ?? '',
    ...sessionsOf(samples, hosts),
    ...(base.name === '' ? {} : { cells: cells.map((cell) => cellRecord(cell, plan)) }),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

/** As it was before the first boot, whichever session that was of; what it did was seen in the last session only. */
function hostOfFirst({ host, hosts, samples }: Finished): HostRecord {
  const { activity } = host;
  const first = hosts.get(samples[0]?.session ?? 1) ?? host;
  return { ...first, ...(activity === undefined ? {} : { activity }) };
}

function sessionsOf(
  samples: readonly Sample[],
  hosts: Finished['hosts'],
): Pick<MeasurementRecord, 'sessions' | 'sessionList'> {
  const sessions = sessionRecords(samples, hosts);
  return { sessions: sessions.length, ...(sessions.length < 2 ? {} : { sessionList: sessions }) };
}

function cellRecord(cell: ProbedCell, plan: PlanRequest): CellRecord {
  return { name: cell.name, values: cell.values, ...conditions(cell, plan) };
}

/** What cells can differ in. */
function conditions(
  { recipe: { machine }, vm: { probe } }: ProbedCell,
  { method }: PlanRequest,
): Omit<CellRecord, 'name' | 'values'> {
  return { method, probe, memoryMib: machine.memory, processors: machine.cpus, append: machine.append };
}

function schedulingRecord({ scheduling }: VmRig, samples: readonly Sample[]): SchedulingRecord {
  const { realtime: priority, vmCpu, stopwatchCpu } = scheduling;
  const granted = samples.every(({ realtime }) => realtime === true);
  return {
    ...(vmCpu === undefined ? {} : { vmCpu }),
    ...(stopwatchCpu === undefined ? {} : { stopwatchCpu }),
    ...(priority === undefined ? {} : { realtime: { priority, granted } }),
    ...(samples.every(({ aslr }) => aslr === false) ? { aslr: 'off' as const } : {}),
    memoryLocked: samples.every(({ memoryLocked }) => memoryLocked),
  };
}

function inputDigests({ files, stopwatch }: VmRig): Record<string, Digest> {
  return {
    hypervisor: digestFile(files.hypervisor),
    firmware: digestFile(files.firmware),
    kernel: digestFile(files.kernel),
    ...(files.initrd === undefined ? {} : { init: digestFile(files.initrd) }),
    stopwatch: digestFile(stopwatch),
  };
}

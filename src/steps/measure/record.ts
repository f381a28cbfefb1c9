import type { Digest } from '../../core/digest.js';
import type { PlanRequest } from '../../measure/boot-plan.js';
import type { HostRecord } from '../../measure/host.js';
import type { MeasurementRecord, SchedulingRecord } from '../../measure/measurement-record.js';
import type { ProbeRecord } from '../../measure/probe.js';
import type { Sample } from '../../measure/samples.js';
import type { VmRig } from '../../measure/vm-rig.js';
import type { Recipe } from '../../recipe/schema.js';
import { digestFile } from '../../system/files.js';

/** A measurement whose boots are done. */
export interface Finished {
  readonly fingerprint: Digest;
  readonly recipe: Recipe;
  readonly plan: PlanRequest;
  readonly probe: ProbeRecord;
  readonly rig: VmRig;
  /** As it was before the first boot. */
  readonly host: HostRecord;
  readonly samples: readonly Sample[];
}

/** What is written down of it besides its samples. Throws system errors. */
export function measurementRecord(finished: Finished): MeasurementRecord {
  const { fingerprint, recipe, plan, probe, rig, host, samples } = finished;
  const { measure, machine } = recipe;
  return {
    schemaVersion: 2,
    fingerprint,
    method: plan.method,
    plan,
    probe,
    memoryMib: machine.memory,
    processors: machine.cpus,
    append: machine.append,
    arguments: machine.arguments,
    timeout: measure.timeout,
    scheduling: schedulingRecord(rig, samples),
    host,
    inputs: inputDigests(rig),
    firstBootAt: samples[0]?.at ?? '',
    lastBootAt: samples.at(-1)?.at ?? '',
    sessions: samples.reduce((most, { session }) => Math.max(most, session), 1),
  };
}

function schedulingRecord({ scheduling }: VmRig, samples: readonly Sample[]): SchedulingRecord {
  const { realtime: priority, ...pinned } = scheduling;
  const granted = samples.every(({ realtime }) => realtime === true);
  return {
    ...pinned,
    ...(priority === undefined ? {} : { realtime: { priority, granted } }),
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

import type { Digest } from '../core/digest.js';
import type { MeasuringMethod, PlanRequest } from './boot-plan.js';
import type { HostRecord } from './host.js';
import type { ProbeRecord } from './probe.js';

/** `measurement.json`: under which conditions the samples beside it came about. */
export interface MeasurementRecord {
  readonly schemaVersion: 2;
  /** Of the measuring step: everything that it read. */
  readonly fingerprint: Digest;
  /** What was done, which is never `auto`. */
  readonly method: MeasuringMethod;
  readonly plan: PlanRequest;
  readonly probe: ProbeRecord;
  readonly memoryMib: number;
  readonly processors: number;
  /** The kernel's command line. */
  readonly append: string;
  /** Further arguments of the hypervisor. */
  readonly arguments: readonly string[];
  readonly timeout: string;
  readonly scheduling: SchedulingRecord;
  readonly host: HostRecord;
  /** Name -> SHA-256 of the bytes that were run. */
  readonly inputs: Readonly<Record<string, Digest>>;
  /** When the first boot and the last boot had ended, ISO 8601. */
  readonly firstBootAt: string;
  readonly lastBootAt: string;
  /** How often an unfinished measurement was gone on with, and itself: 1 when it went through in one go. */
  readonly sessions: number;
}

/** How the VM and the stopwatch were put on the host's processors. */
export interface SchedulingRecord {
  /** Logical processor that the VM alone ran on; missing where it was not pinned. */
  readonly vmCpu?: number;
  /** That of the stopwatch. */
  readonly stopwatchCpu?: number;
  /** SCHED_FIFO priority of the stopwatch; `granted` says whether the host allowed it. Missing where not asked for. */
  readonly realtime?: { readonly priority: number; readonly granted: boolean };
  /** Whether the stopwatch's memory could be locked. */
  readonly memoryLocked: boolean;
}

import type { Digest } from '../core/digest.js';
import type { CellValues } from '../recipe/cells.js';
import type { MeasuringMethod, PlanRequest } from './boot-plan.js';
import type { HostRecord } from './host.js';
import type { ProbeRecord } from './probe.js';
import type { Stopped } from './stop.js';
import type { TunedRecord } from './tuned-record.js';

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
  /** Missing where nothing was to be tuned. */
  readonly tuned?: TunedRecord;
  readonly host: HostRecord;
  /** Name -> SHA-256 of the bytes that were run. */
  readonly inputs: Readonly<Record<string, Digest>>;
  /** When the first boot and the last boot had ended, ISO 8601. */
  readonly firstBootAt: string;
  readonly lastBootAt: string;
  /** In how many goes the boots were made: after a kill, or where boots were added later, more than 1. */
  readonly sessions: number;
  /** Each of them, in order; missing where there is one. */
  readonly sessionList?: readonly SessionRecord[];
  /** Every machine of the recipe's matrix, the base first; missing where there is no matrix. What stands above is the base's. */
  readonly cells?: readonly CellRecord[];
  /** Why it was over, where the recipe does not say how many boots to make. */
  readonly stopped?: Stopped;
}

/** Boots that were made in one go. */
export interface SessionRecord {
  /** As in the samples. */
  readonly session: number;
  /** All of them that were taken, warm-up among them. */
  readonly boots: number;
  /** When the first and the last had ended, ISO 8601. */
  readonly firstBootAt: string;
  readonly lastBootAt: string;
  /** What changes from one day to the next of the host, before the first of them. */
  readonly load?: readonly number[];
  readonly governor?: string;
  readonly turbo?: boolean;
}

/** A machine of a matrix, as it was booted. */
export interface CellRecord {
  /** As in the samples. */
  readonly name: string;
  /** What the matrix sets. */
  readonly values: CellValues;
  readonly method: MeasuringMethod;
  readonly probe: ProbeRecord;
  readonly memoryMib: number;
  readonly processors: number;
  readonly append: string;
}

/** How the VM and the stopwatch were put on the host's processors. */
export interface SchedulingRecord {
  /** Logical processor that the VM alone ran on; missing where it was not pinned. */
  readonly vmCpu?: number;
  /** That of the stopwatch. */
  readonly stopwatchCpu?: number;
  /** SCHED_FIFO priority of the stopwatch; `granted` says whether the host allowed it. Missing where not asked for. */
  readonly realtime?: { readonly priority: number; readonly granted: boolean };
  /** There where every boot had the same addresses. */
  readonly aslr?: 'off';
  /** Whether the stopwatch's memory could be locked. */
  readonly memoryLocked: boolean;
}

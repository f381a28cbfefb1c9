import type { Digest } from '../core/digest.js';
import type { PlanRequest } from './boot-plan.js';
import type { HostRecord } from './host.js';
import type { ProbeRecord } from './probe.js';

/** `measurement.json`: under which conditions the samples beside it came about. */
export interface MeasurementRecord {
  readonly schemaVersion: 1;
  /** Of the measuring step: everything that it read. */
  readonly fingerprint: Digest;
  readonly method: 'exit';
  readonly plan: PlanRequest;
  readonly probe: ProbeRecord;
  readonly memoryMib: number;
  readonly processors: number;
  readonly timeout: string;
  readonly host: HostRecord;
  /** Name -> SHA-256 of the bytes that were run. */
  readonly inputs: Readonly<Record<string, Digest>>;
  /** When the first boot and the last boot had ended, ISO 8601. */
  readonly firstBootAt: string;
  readonly lastBootAt: string;
  /** How often an unfinished measurement was gone on with, and itself: 1 when it went through in one go. */
  readonly sessions: number;
}

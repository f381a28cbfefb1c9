import { success, type Result } from '../../core/result.js';
import { readHost, type HostRecord } from '../../measure/host.js';
import { watchHost } from '../../measure/host-activity.js';
import {
  measureBoots,
  type Measured,
  type MeasurementFailure,
  type MeasurementRequest,
} from '../../measure/measurement.js';

/** What was measured, and what the host was like. */
export interface MeasuredOnHost extends Measured {
  /** As it was before the first boot, and what it did while boots were timed. */
  readonly host: HostRecord;
}

/** {@link measureBoots}, with an eye on what else the host does meanwhile. */
export async function measureWatched(request: MeasurementRequest): Promise<Result<MeasuredOnHost, MeasurementFailure>> {
  const host = readHost();
  const watched = watchHost();
  const measured = await measureBoots(request);
  if (!measured.ok) {
    return measured;
  }
  const [first] = request.plan;
  const vmCpu = first === undefined ? undefined : request.vmOf(first).rig.scheduling.vmCpu;
  const { made } = measured.value;
  const activity = made.length === 0 ? undefined : watched(made, vmCpu);
  return success({ ...measured.value, host: activity === undefined ? host : { ...host, activity } });
}

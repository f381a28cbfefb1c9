import type { Point } from '../recipe/schema.js';
import type { BootEnd } from './boot.js';
import { complaints, panicMessage } from './console.js';
import { readTrace } from './trace.js';
import { statusOf } from './vm.js';

/**
 * How a boot came out. Only `reached` is a sample; the others are counted and shown:
 * `hung` (time-out), `panicked` (its console says so), `crashed` (a signal ended the hypervisor), `refused` (the
 * hypervisor complained and ended), `reset` (the guest rebooted, triple-faulted or powered off),
 * `other-status` (anything else). Of a traced boot alone: `wrong-value` (a point's port got another value),
 * `point-missing` (the last point came without one before it), `out-of-order` (a point came too early).
 */
export type Outcome =
  | 'reached'
  | 'hung'
  | 'panicked'
  | 'crashed'
  | 'refused'
  | 'reset'
  | 'other-status'
  | 'wrong-value'
  | 'point-missing'
  | 'out-of-order';

type Ending = Pick<BootEnd, 'status' | 'timedOut' | 'console' | 'errors'>;

/** Tells how a boot that had to end with the point's value came out. */
export function judge(end: Ending, point: { readonly value: number }): Outcome {
  if (isRefusal(end)) {
    return 'refused';
  }
  return !end.timedOut && end.status === statusOf(point.value) ? 'reached' : withoutPoint(end);
}

/** Tells how a traced boot, which has to come through all points in order, came out. */
export function judgeTrace(
  end: Ending & Pick<BootEnd, 'markers' | 'endedAtMarker'>,
  points: readonly Point[],
): Outcome {
  if (isRefusal(end)) {
    return 'refused';
  }
  const { fault } = readTrace(end, points);
  if (fault === undefined) {
    return 'reached';
  }
  // A guest that never came to the last point is told by how it ended.
  return fault.kind === 'point-missing' && !end.endedAtMarker ? withoutPoint(end) : fault.kind;
}

function withoutPoint(end: Ending): Outcome {
  if (panicMessage(end.console) !== undefined) {
    return 'panicked';
  }
  if (end.timedOut) {
    return 'hung';
  }
  if (end.status === undefined) {
    return 'crashed';
  }
  return end.status === 0 ? 'reset' : 'other-status';
}

/** Status 1 is both a hypervisor that cannot start and a guest that wrote 0; only the former complains. */
function isRefusal(end: Ending): boolean {
  return end.status === 1 && !end.timedOut && complaints(end.errors).length > 0;
}

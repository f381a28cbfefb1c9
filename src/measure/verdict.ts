import type { BootEnd } from './boot.js';
import { complaints, panicMessage } from './console.js';
import { statusOf } from './vm.js';

/**
 * How a boot came out. Only `reached` is a sample; the others are counted and shown:
 * `hung` (time-out), `panicked` (its console says so), `crashed` (a signal ended the hypervisor), `refused` (the
 * hypervisor complained and ended), `reset` (the guest rebooted, triple-faulted or powered off),
 * `other-status` (anything else).
 */
export type Outcome = 'reached' | 'hung' | 'panicked' | 'crashed' | 'refused' | 'reset' | 'other-status';

type Ending = Pick<BootEnd, 'status' | 'timedOut' | 'console' | 'errors'>;

/** Tells how a boot that had to end with the point's value came out. */
export function judge(end: Ending, point: { readonly value: number }): Outcome {
  if (isRefusal(end)) {
    return 'refused';
  }
  if (!end.timedOut && end.status === statusOf(point.value)) {
    return 'reached';
  }
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

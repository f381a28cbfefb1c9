import { forAccelerator } from './vm.js';
import type { BootEnd } from './boot.js';
import { complaints } from './console.js';
import { readableDuration } from './duration.js';
import { tracedWrites } from './trace.js';
import type { RigBoot, VmRig } from './vm-rig.js';

/** One line of a log: what was booted, how far it was to go, and how it ended. */
export function bootLine({ points, machine }: VmRig, request: RigBoot, end: BootEnd): string {
  const { accelerator, exit, machine: { type, cpu } = machine } = request;
  const model = cpu === undefined ? '' : ` -cpu ${forAccelerator(cpu, accelerator)}`;
  const place = exit === 'traced' ? 'all points' : exit === undefined ? 'no point' : `0x${exit.port.toString(16)}`;
  const writes =
    exit === 'traced' ? tracedWrites(end, points).map(({ port, value }) => `0x${port.toString(16)}=${value}`) : [];
  const seen = writes.length === 0 ? '' : `, wrote ${writes.join(' ')}`;
  const [complaint] = complaints(end.errors);
  const words = complaint === undefined ? '' : `: ${complaint}`;
  return `  ${accelerator} -machine ${forAccelerator(type, accelerator)}${model}, to ${place}: ${endingOf(end)} after ${readableDuration(Number(end.elapsedNs))}${seen}${words}`;
}

function endingOf({ timedOut, endedAtMarker, status, signal }: BootEnd): string {
  if (endedAtMarker) {
    return 'ended at the last point';
  }
  return timedOut ? 'timed out' : status === undefined ? (signal ?? 'ended') : `status ${status}`;
}

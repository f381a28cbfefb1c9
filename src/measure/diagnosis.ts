import type { Diagnosis } from '../core/failures/measure.js';
import type { Point } from '../recipe/schema.js';
import type { BootEnd } from './boot.js';
import { kernelRan, panicMessage, reachedUserSpace } from './console.js';
import { initTrouble, isInitPoint } from './init-point.js';
import { statusOf } from './vm.js';
import type { Watched } from './watch-boot.js';

/**
 * A boot that did not end as its point must, and another one that was watched to find out why. The points before it
 * came, in boots of their own.
 */
export interface Evidence {
  readonly point: Point;
  /** In the order in which a boot comes through them. */
  readonly points: readonly Point[];
  /** Width of the exit device in ports in the failed boot. */
  readonly exitIosize: number;
  readonly failed: BootEnd;
  /** Time-out of the failed boot. */
  readonly timeoutSeconds: number;
  readonly watched: Watched;
}

/** What the evidence comes to; `undefined` when the point was reached as it must in the boot that was watched. */
export function conclude(evidence: Evidence): Diagnosis | undefined {
  const { point, watched, exitIosize } = evidence;
  if (!watched.hasIsaBus) {
    return otherStatus(evidence) ?? withoutWrite(evidence);
  }
  const own = watched.writes.get(point.port) ?? [];
  const overlap = exitIosize > 1 ? caughtNeighbour(evidence) : undefined;
  if (overlap !== undefined) {
    return overlap;
  }
  const [first] = own;
  if (first !== undefined) {
    return first === point.value ? undefined : { kind: 'wrong-value', expected: point.value, found: first };
  }
  return strayWrite(evidence) ?? withoutWrite(evidence);
}

/**
 * Where no port can be watched, the status of the boot that failed tells what was written, if anything was: it is
 * odd only when the exit device, or a hypervisor that complains, made it.
 */
function otherStatus({ point, points, exitIosize, failed }: Evidence): Diagnosis | undefined {
  const { status, timedOut } = failed;
  if (timedOut || status === undefined || status % 2 === 0) {
    return undefined;
  }
  const neighbour = points.find(
    ({ port, value }) => port > point.port && port < point.port + exitIosize && statusOf(value) === status,
  );
  return neighbour === undefined
    ? { kind: 'wrong-value', expected: point.value, found: (status - 1) / 2 }
    : { kind: 'iosize-overlap', caughtPort: neighbour.port, value: neighbour.value };
}

/** The exit device ends the VM at the first write to any of its ports. */
function caughtNeighbour({ point, exitIosize, failed, watched }: Evidence): Diagnosis | undefined {
  for (let port = point.port + 1; port < point.port + exitIosize; port++) {
    const value = watched.writes.get(port)?.[0];
    if (value !== undefined && statusOf(value) === failed.status) {
      return { kind: 'iosize-overlap', caughtPort: port, value };
    }
  }
  return undefined;
}

/** The point's value at another port, beyond what other points have to write there. */
function strayWrite({ point, points, watched }: Evidence): Diagnosis | undefined {
  for (const [port, values] of watched.writes) {
    const left = [...values];
    for (const other of points.filter((candidate) => candidate.port === port)) {
      const place = left.indexOf(other.value);
      left.splice(place < 0 ? left.length : place, 1);
    }
    if (left.includes(point.value)) {
      return { kind: 'wrong-port', port, value: point.value };
    }
  }
  return undefined;
}

/** Nothing was written that could have been meant: did the guest get past the point, or what stopped it? */
function withoutWrite(evidence: Evidence): Diagnosis {
  if (isPast(evidence)) {
    return { kind: 'not-instrumented' };
  }
  const { point, failed, watched } = evidence;
  const trouble = isInitPoint(point) ? initTrouble(consoles(evidence)) : undefined;
  if (trouble !== undefined) {
    return { kind: 'init-failed', trouble };
  }
  const message = panicMessage(watched.end.console) ?? panicMessage(failed.console);
  if (message !== undefined) {
    return { kind: 'panic', message };
  }
  if (watched.tripleFault) {
    return { kind: 'triple-fault' };
  }
  return ending(evidence);
}

function ending(evidence: Evidence): Diagnosis {
  const { failed, timeoutSeconds } = evidence;
  if (failed.timedOut) {
    const last = lastThatCame(evidence);
    return { kind: 'hang', seconds: timeoutSeconds, ...(last === undefined ? {} : { lastPoint: last.name }) };
  }
  if (failed.status === undefined) {
    return { kind: 'crash', signal: failed.signal ?? 'a signal' };
  }
  return failed.status === 0 ? { kind: 'reboot' } : { kind: 'other-status', status: failed.status };
}

function lastThatCame({ point, points, watched }: Evidence): Point | undefined {
  return watched.hasIsaBus
    ? points.filter(({ port, value }) => watched.writes.get(port)?.includes(value)).at(-1)
    : points[points.indexOf(point) - 1];
}

/** A later point came through, or the kernel says on its console that it is further. */
function isPast(evidence: Evidence): boolean {
  const { point, points, watched } = evidence;
  const index = points.indexOf(point);
  const later = points.slice(index + 1);
  if (later.some(({ name, port, value }) => watched.came.includes(name) || watched.writes.get(port)?.includes(value))) {
    return true;
  }
  if (isInitPoint(point)) {
    return false;
  }
  const console = consoles(evidence);
  return reachedUserSpace(console) || (isFirmwarePoint(point, points) && kernelRan(console));
}

function consoles({ failed, watched }: Evidence): string {
  return `${failed.console}\n${watched.end.console}`;
}

/** Where firmware that is instrumented tells that it jumps into the kernel. */
const HAND_OVER_PORT = 0xf4;

/** Points up to the hand-over; where none is known as that, all but the kernel's last. */
function isFirmwarePoint(point: Point, points: readonly Point[]): boolean {
  const handOver = points.findIndex(({ port }) => port === HAND_OVER_PORT);
  const last = points.filter((each) => !isInitPoint(each)).length - 1;
  return points.indexOf(point) <= (handOver < 0 ? last - 1 : handOver);
}

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { success, type Result } from '../core/result.js';
import type { Machine, Point } from '../recipe/schema.js';
import { readTextIfThere, remove } from '../system/files.js';
import type { BootEnd, BootFailure } from './boot.js';
import { judge } from './verdict.js';
import { recorders, type Accelerator, type Outlet } from './vm.js';
import { bootRig, type VmRig } from './vm-rig.js';

/** What a boot showed that was watched instead of ended at a point. */
export interface Watched {
  readonly end: BootEnd;
  /** Port -> the bytes that were written to it, in order. Only of the ports that were watched. */
  readonly writes: ReadonlyMap<number, readonly number[]>;
  /** Names of the later points at which a boot ended as it must. */
  readonly came: readonly string[];
  /** False for a machine without an ISA bus: then `writes` is empty whatever the guest writes. */
  readonly hasIsaBus: boolean;
  /** The processor gave up; only TCG tells. */
  readonly tripleFault: boolean;
}

/** What to watch for. */
export interface WatchRequest {
  readonly point: Point;
  readonly accelerator: Accelerator;
  /** False for a machine without an ISA bus, where no port can be watched. */
  readonly hasIsaBus: boolean;
}

/** Ports this far to either side of the point's are watched as well. */
const NEIGHBOURS = 3;
/** Ports of a PC's own devices: a watcher there would take the console or the clock from the guest. */
const TAKEN: readonly (readonly [first: number, last: number])[] = [
  ...([
    [0x00, 0x7f],
    [0x81, 0xdf],
    [0xf0, 0xf1],
  ] as const),
  ...([
    [0x170, 0x177],
    [0x1f0, 0x1f7],
    [0x3f8, 0x3ff],
  ] as const),
  ...([
    [0x510, 0x51b],
    [0x600, 0x6ff],
    [0xcd8, 0xcff],
  ] as const),
];
/** Makes a kernel talk, and makes one that panics end at once. */
const VERBOSE = 'console=ttyS0 earlyprintk=ttyS0 ignore_loglevel panic=-1';
/** A guest that does nothing is not watched for longer than this. */
const LONGEST_MILLISECONDS = 15_000;

/**
 * Boots with a recorder (`isa-debugcon` into a file) on the point's port, its neighbours and all other points'
 * ports, with a talking kernel, and under TCG with a record of processor resets. The boot ends when the guest
 * comes to the last point, so that an instrumented guest does not have to be waited for.
 * Where no port can be watched, each later point gets a boot that ends there, the last one first, until one comes.
 */
export async function watchBoot(rig: VmRig, request: WatchRequest): Promise<Result<Watched, BootFailure>> {
  const later = laterPoints(rig, request.point).reverse();
  const first = await watchUntil(rig, request, later[0]);
  if (!first.ok || request.hasIsaBus || first.value.came.length > 0) {
    return first;
  }
  for (const exit of later.slice(1)) {
    const next = await watchUntil(rig, request, exit);
    if (!next.ok || next.value.came.length > 0) {
      return next.ok ? success({ ...first.value, came: next.value.came }) : next;
    }
  }
  return first;
}

function laterPoints({ points }: VmRig, point: Point): Point[] {
  return points.slice(points.findIndex(({ name }) => name === point.name) + 1);
}

async function watchUntil(
  rig: VmRig,
  { point, accelerator, hasIsaBus }: WatchRequest,
  exit: Point | undefined,
): Promise<Result<Watched, BootFailure>> {
  const folder = join(rig.folder, `watch-${point.name}`);
  remove(folder);
  mkdirSync(folder);
  const ports = hasIsaBus ? watchedPorts(rig.points, point).filter((port) => port !== exit?.port) : [];
  const end = await bootRig(rig, {
    accelerator,
    exit,
    machine: talking(rig.machine),
    timeoutMilliseconds: Math.min(rig.timeoutMilliseconds, LONGEST_MILLISECONDS),
    further: [...recorders(ports, (index) => recordFile(folder, ports[index])), ...resetRecord(folder, accelerator)],
  });
  if (!end.ok) {
    return end;
  }
  const writes = new Map(ports.map((port) => [port, recorded(folder, port)]));
  const resets = readTextIfThere(join(folder, 'resets')) ?? '';
  const came = exit === undefined ? [] : endedAt(end.value, exit, laterPoints(rig, point));
  return success({ end: end.value, writes, came, hasIsaBus, tripleFault: resets.includes('Triple fault') });
}

/** The points at the exit device's port that can have ended a boot so. */
function endedAt(end: BootEnd, { port }: Point, points: readonly Point[]): string[] {
  return points.filter((point) => point.port === port && judge(end, point) === 'reached').map(({ name }) => name);
}

/** The ports on which a recorder is put, in ascending order. */
export function watchedPorts(points: readonly Point[], point: Point): number[] {
  const ports = new Set(points.map(({ port }) => port));
  for (let port = point.port - NEIGHBOURS; port <= point.port + NEIGHBOURS; port++) {
    if (port >= 0 && port <= 0xffff && !TAKEN.some(([first, last]) => port >= first && port <= last)) {
      ports.add(port);
    }
  }
  return [...ports].sort((a, b) => a - b);
}

function talking(machine: Machine): Machine {
  const append = machine.append.replace(/(^|\s)quiet(?=\s|$)/g, '').trim();
  return { ...machine, append: `${append} ${VERBOSE}`.trim(), 'exit-iosize': 1 };
}

function recordFile(folder: string, port = 0): Outlet {
  return { path: join(folder, `port${port.toString(16)}`) };
}

function recorded(folder: string, port: number): number[] {
  const { path } = recordFile(folder, port);
  return existsSync(path) ? [...readFileSync(path)] : [];
}

function resetRecord(folder: string, accelerator: Accelerator): string[] {
  return accelerator === 'tcg' ? ['-d', 'cpu_reset', '-D', join(folder, 'resets')] : [];
}

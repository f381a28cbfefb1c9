import { basename } from 'node:path';
import type { Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import type { Machine, Point, Recipe } from '../recipe/schema.js';
import { boot, FIRST_MARKER, type BootEnd, type BootFailure, type MarkerPipes, type Scheduling } from './boot.js';
import { milliseconds } from './duration.js';
import { tracedPorts } from './trace.js';
import {
  descriptorOutlet,
  recorders,
  vmArguments,
  type Accelerator,
  type ExitPort,
  type Outlet,
  type Vm,
} from './vm.js';
import type { VmFiles } from './vm-files.js';

/** All that booting takes besides the choice of a point and an accelerator. */
export interface VmRig {
  readonly files: VmFiles;
  readonly stopwatch: string;
  readonly machine: Machine;
  /** In the order in which a boot comes through them. */
  readonly points: readonly Point[];
  readonly timeoutMilliseconds: number;
  readonly scheduling: Scheduling;
  /** For the hypervisor's working folder and what it writes. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** The rig of a step that has the stopwatch and the VM's images upstream. */
export function rigOf({ machine, points, measure }: Recipe, files: VmFiles, context: StepContext): VmRig {
  return {
    files,
    stopwatch: context.upstream('make:stopwatch', 'stopwatch'),
    machine,
    points,
    timeoutMilliseconds: milliseconds(measure.timeout),
    scheduling: schedulingOf(measure),
    folder: context.scratchFolder,
    signal: context.signal,
  };
}

/** What a recipe asks for; a key that is missing there is missing here. */
function schedulingOf({ pin: { vm, stopwatch } = {}, realtime }: Recipe['measure']): Scheduling {
  return {
    ...(vm === undefined ? {} : { vmCpu: vm }),
    ...(stopwatch === undefined ? {} : { stopwatchCpu: stopwatch }),
    ...(realtime === undefined ? {} : { realtime }),
  };
}

/** One boot of a rig. */
export interface RigBoot {
  readonly accelerator: Accelerator;
  /** Where the exit device listens; `traced` watches all points instead; `undefined` does neither. */
  readonly exit: ExitPort | 'traced' | undefined;
  readonly timeoutMilliseconds?: number;
  /** Replaces the recipe's machine. */
  readonly machine?: Machine;
  /** Further arguments of the hypervisor. */
  readonly further?: readonly string[];
}

/** Boots once. */
export function bootRig(rig: VmRig, request: RigBoot): Promise<Result<BootEnd, BootFailure>> {
  return boot({
    stopwatch: rig.stopwatch,
    hypervisor: rig.files.hypervisor,
    arguments: rigArguments(rig, request, (index) => descriptorOutlet(FIRST_MARKER + index)),
    timeoutMilliseconds: request.timeoutMilliseconds ?? rig.timeoutMilliseconds,
    folder: rig.folder,
    signal: rig.signal,
    scheduling: rig.scheduling,
    ...(request.exit === 'traced' ? { markers: markerPipes(rig) } : {}),
  });
}

function markerPipes(rig: VmRig): MarkerPipes {
  const ports = tracedPorts(rig.points);
  const { port, value } = lastPoint(rig);
  return { count: ports.length, endAt: { marker: ports.indexOf(port), byte: value } };
}

/** The exact command of such a boot, to be tried by hand; a traced one leaves the bytes in files `port-0`, `port-1`. */
export function rigCommand(rig: VmRig, request: RigBoot): string[] {
  return [rig.files.hypervisor, ...rigArguments(rig, request, (index) => ({ path: `port-${index}` }))];
}

function rigArguments(rig: VmRig, request: RigBoot, outlet: (index: number) => Outlet): string[] {
  const { exit, further = [] } = request;
  const vm = vmOf(rig, request);
  return exit === 'traced'
    ? vmArguments(vm, undefined, [...recorders(tracedPorts(rig.points), outlet), ...further])
    : vmArguments(vm, exit, further);
}

/** The last point that a boot comes through. */
export function lastPoint(rig: VmRig): Point {
  const point = rig.points.at(-1);
  if (point === undefined) {
    throw new Error(`a recipe without points booted ${basename(rig.files.kernel)}`);
  }
  return point;
}

function vmOf(rig: VmRig, { accelerator, machine = rig.machine }: RigBoot): Vm {
  return { ...rig.files, accelerator, machine };
}

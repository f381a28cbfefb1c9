import { basename } from 'node:path';
import type { Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import type { Machine, Point, Recipe } from '../recipe/schema.js';
import {
  boot,
  FIRST_MARKER,
  type BootEnd,
  type BootFailure,
  type BootRequest,
  type MarkerPipes,
  type Scheduling,
} from './boot.js';
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
import type { LocatedVm, VmFiles } from './vm-files.js';

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
  /** Called after each boot, where somebody wants to know of it. */
  readonly onBoot?: (request: RigBoot, end: BootEnd) => void;
}

/** The rig of a step. */
export function rigOf(
  { machine, points, measure }: Recipe,
  { files, stopwatch }: LocatedVm,
  context: StepContext,
): VmRig {
  return {
    files,
    stopwatch,
    machine,
    points,
    timeoutMilliseconds: milliseconds(measure.timeout),
    scheduling: schedulingOf(measure),
    folder: context.scratchFolder,
    signal: context.signal,
  };
}

/** What a recipe asks for; a key that is missing there is missing here. */
function schedulingOf({ pin: { vm, stopwatch } = {}, realtime, tune }: Recipe['measure']): Scheduling {
  return {
    ...(vm === undefined ? {} : { vmCpu: vm }),
    ...(stopwatch === undefined ? {} : { stopwatchCpu: stopwatch }),
    ...(realtime === undefined ? {} : { realtime }),
    ...(tune ? { aslr: false as const } : {}),
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
export async function bootRig(rig: VmRig, request: RigBoot): Promise<Result<BootEnd, BootFailure>> {
  const end = await boot({
    stopwatch: rig.stopwatch,
    ...hypervisorOf(rig),
    arguments: rigArguments(rig, request, (index) => descriptorOutlet(FIRST_MARKER + index)),
    timeoutMilliseconds: request.timeoutMilliseconds ?? rig.timeoutMilliseconds,
    folder: rig.folder,
    signal: rig.signal,
    scheduling: rig.scheduling,
    ...(request.exit === 'traced' ? { markers: markerPipes(rig) } : {}),
  });
  if (end.ok) {
    rig.onBoot?.(request, end.value);
  }
  return end;
}

function hypervisorOf({ files }: VmRig): Pick<BootRequest, 'hypervisor' | 'launcher' | 'environment'> {
  const { hypervisor, launcher, environment } = files;
  return { hypervisor, ...(launcher && { launcher }), ...(environment && { environment }) };
}

function markerPipes(rig: VmRig): MarkerPipes {
  const ports = tracedPorts(rig.points);
  const { port, value } = lastPoint(rig);
  return { count: ports.length, endAt: { marker: ports.indexOf(port), byte: value } };
}

/** The exact command of such a boot, to be tried by hand; a traced one leaves the bytes in files `port-0`, `port-1`. */
export function rigCommand(rig: VmRig, request: RigBoot): string[] {
  const { hypervisor, launcher = [], environment = {} } = rig.files;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const words = rigArguments(rig, request, (index) => ({ path: `port-${index}` }));
  return [...(variables.length === 0 ? [] : ['env', ...variables]), ...launcher, hypervisor, ...words];
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

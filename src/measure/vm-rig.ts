import { basename } from 'node:path';
import type { Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import type { Machine, Point, Recipe } from '../recipe/schema.js';
import { boot, type BootEnd, type BootFailure } from './boot.js';
import { milliseconds } from './duration.js';
import { vmArguments, type Accelerator, type ExitPort, type Vm } from './vm.js';
import type { VmFiles } from './vm-files.js';

/** All that booting takes besides the choice of a point and an accelerator. */
export interface VmRig {
  readonly files: VmFiles;
  readonly stopwatch: string;
  readonly machine: Machine;
  /** In the order in which a boot comes through them. */
  readonly points: readonly Point[];
  readonly timeoutMilliseconds: number;
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
    folder: context.scratchFolder,
    signal: context.signal,
  };
}

/** One boot of a rig. */
export interface RigBoot {
  readonly accelerator: Accelerator;
  /** `undefined` boots without the exit device. */
  readonly exit: ExitPort | undefined;
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
    arguments: vmArguments(vmOf(rig, request), request.exit, request.further),
    timeoutMilliseconds: request.timeoutMilliseconds ?? rig.timeoutMilliseconds,
    folder: rig.folder,
    signal: rig.signal,
  });
}

/** The exact command of such a boot, to be tried by hand. */
export function rigCommand(rig: VmRig, request: RigBoot): string[] {
  return [rig.files.hypervisor, ...vmArguments(vmOf(rig, request), request.exit, request.further)];
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

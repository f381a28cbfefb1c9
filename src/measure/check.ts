import type { Diagnosis, KvmObstacle, ProbeFailed } from '../core/failures/measure.js';
import type { Point, Recipe } from '../recipe/schema.js';
import type { BootEnd } from './boot.js';
import { lastLines } from './console.js';
import type { KvmAccess } from './host.js';
import { statusOf, type Accelerator } from './vm.js';
import { rigCommand, type VmRig } from './vm-rig.js';

/** The outside of a probe. */
export interface ProbeContext {
  /** What the recipe asks for. */
  readonly method: Recipe['measure']['method'];
  readonly kvm: KvmAccess;
  /** True where a component was built for this; false where all are finished files. */
  readonly built: boolean;
  notice(level: 'info' | 'warning', text: string): void;
  log(line: string): void;
  /** Boots done, and boots in all as far as is known. */
  progress(done: number, total: number): void;
}

/** A point that has to come, and what it is booted with. */
export interface Check {
  readonly rig: VmRig;
  readonly point: Point;
  readonly accelerator: Accelerator;
  readonly context: ProbeContext;
}

/** What was found out about a point that did not come. */
export interface Finding {
  readonly diagnosis: Diagnosis;
  /** The boots that showed it. */
  readonly ends: readonly BootEnd[];
  /** The point came as it must in the boot that was watched. */
  readonly fired?: true;
  /** No port could be watched. */
  readonly unwatched?: true;
  /** There when it is KVM that is to blame. */
  readonly obstacle?: KvmObstacle;
}

/** The failure of a probe whose point did not come. */
export function probeFailed(check: Check, { diagnosis, ends, unwatched }: Finding): ProbeFailed {
  const { point, accelerator } = check;
  return {
    reason: 'probe-failed',
    point: point.name,
    port: point.port,
    expectedStatus: statusOf(point.value),
    diagnosis,
    accelerator,
    ...(unwatched === undefined ? {} : { unwatched }),
    ...whatWasSeen(check, ends),
  };
}

/** The last words of the boots that failed, and the command to try by hand. */
export function whatWasSeen(
  { rig, point, accelerator }: Check,
  ends: readonly BootEnd[],
): { readonly console: string[]; readonly command: string[] } {
  const talkative = ends.find(({ console }) => console.trim() !== '');
  return {
    console: [...lastLines(talkative?.console ?? ''), ...lastLines(ends.at(-1)?.errors ?? '', 5)],
    command: rigCommand(rig, { accelerator, exit: point }),
  };
}

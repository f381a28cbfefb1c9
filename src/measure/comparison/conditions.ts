import type { Accelerator } from '../vm.js';
import type { HostRecord } from '../host.js';
import type { SchedulingRecord } from '../measurement-record.js';

/** Under which conditions an arm was measured, as far as they count for a comparison. */
export interface Conditions {
  readonly host: HostRecord;
  readonly machine: VmConditions;
  readonly method: string;
  readonly scheduling: SchedulingRecord;
}

/** The VM that was booted. */
export interface VmConditions {
  readonly type: string;
  readonly accelerator: Accelerator;
  /** Missing where it is left to the hypervisor. */
  readonly cpu?: string;
  readonly memoryMib: number;
  readonly processors: number;
  readonly append: string;
  readonly arguments: readonly string[];
}

/** Something in which two arms differ, each value as a person reads it. */
export interface Difference {
  /** `host.kernel`, `machine.memory`, `method`. */
  readonly field: string;
  readonly a: string;
  readonly b: string;
}

/** Everything in which the conditions of two arms differ; figures are comparable where there is nothing. */
export function differences(a: Conditions, b: Conditions): Difference[] {
  const [ours, theirs] = [facts(a), facts(b)];
  const fields = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  return fields
    .map((field) => ({ field, a: ours[field] ?? UNKNOWN, b: theirs[field] ?? UNKNOWN }))
    .filter((difference) => difference.a !== difference.b);
}

const UNKNOWN = 'not known';

/** The VM as a recipe names its parts. */
function vmFacts(machine: VmConditions): Record<string, string> {
  const { type, accelerator, cpu, memoryMib, processors, append } = machine;
  return {
    'machine.type': type,
    'machine.accel': accelerator,
    'machine.cpu': cpu ?? "the hypervisor's own",
    'machine.memory': `${memoryMib} MiB`,
    'machine.cpus': String(processors),
    'machine.append': append === '' ? 'nothing' : append,
    'machine.arguments': machine.arguments.length === 0 ? 'none' : machine.arguments.join(' '),
  };
}

function schedulingFacts({ vmCpu, stopwatchCpu, realtime, aslr }: SchedulingRecord): Record<string, string> {
  const processor = (number: number | undefined): string => (number === undefined ? 'any' : String(number));
  return {
    'measure.pin': `VM ${processor(vmCpu)}, stopwatch ${processor(stopwatchCpu)}`,
    'measure.realtime': realtime?.granted === true ? String(realtime.priority) : 'none',
    'ASLR of the VM': aslr ?? 'on',
  };
}

function facts({ host, machine, method, scheduling }: Conditions): Record<string, string> {
  return { ...hostFacts(host), ...vmFacts(machine), ...schedulingFacts(scheduling), method };
}

/**
 * What of a host makes boots faster or slower. Its memory is not in it, because a kernel tells another size after some
 * updates, nor is its load, which no two measurements share.
 */
const HOST_FIELDS = [
  'architecture',
  'cpu',
  'microcode',
  'kernel',
  'processors',
  'governor',
  'turbo',
  'smt',
  'virtualisation',
  'transparentHugepages',
] as const;

function hostFacts(host: HostRecord): Record<string, string> {
  const named = HOST_FIELDS.flatMap((field) => {
    const value = host[field];
    return value === undefined ? [] : [[`host.${field}`, String(value)] as const];
  });
  const mitigations = Object.entries(host.mitigations).map(
    ([name, value]) => [`host.mitigations.${name}`, value] as const,
  );
  return Object.fromEntries([...named, ...mitigations]);
}

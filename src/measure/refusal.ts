import type { Diagnosis } from '../core/failures/measure.js';
import { nearest } from '../core/nearest.js';
import type { BootEnd } from './boot.js';
import { complaints } from './console.js';

/** What is known of a hypervisor that ended with a complaint instead of booting. */
export interface Refusal {
  /** Its standard error. */
  readonly errors: string;
  readonly machine: string;
  /** The machine types that it has. */
  readonly knownMachines: readonly string[];
}

/** Which of the ordinary refusals this is; anything else is a `hypervisor-error` in the hypervisor's own words. */
export function explainRefusal({ errors, machine, knownMachines }: Refusal): Diagnosis {
  const words = complaints(errors);
  const text = words.join('\n');
  if (/unsupported machine type/i.test(text)) {
    const near = nearest(machine, knownMachines);
    return { kind: 'no-such-machine', machine, known: knownMachines, ...(near === undefined ? {} : { nearest: near }) };
  }
  const device = missingDevice(text);
  if (device !== undefined) {
    return { kind: 'no-such-device', device };
  }
  const detail = words[0] ?? 'it gave no reason';
  return isAboutKvm(text) ? { kind: 'kvm-unusable', detail } : { kind: 'hypervisor-error', message: detail };
}

function missingDevice(text: string): string | undefined {
  const unknown = /'([^']+)' is not a valid device/.exec(text)?.[1];
  return unknown ?? /No '[^']+' bus found for device '([^']+)'/.exec(text)?.[1];
}

function isAboutKvm(text: string): boolean {
  return /could not access KVM|failed to initialize kvm|invalid accelerator kvm|kvm_init|KVM_(CREATE|GET)|kvm_\w+: .*[Aa]ssert/i.test(
    text,
  );
}

const CPU_REFUSALS = [
  /failed to [sg]et MSR 0x[0-9a-f]+/i,
  /CPU model '[^']+' requires KVM.*/,
  /\S+ (doesn't|does not) support requested features?/i,
];

/**
 * Why a CPU model cannot be had here, in the hypervisor's words, going by how a boot ended; `undefined` when that is
 * not why it ended. What a hypervisor merely warns of does not end it.
 */
export function cpuRefusal({
  status,
  timedOut,
  errors,
}: Pick<BootEnd, 'status' | 'timedOut' | 'errors'>): string | undefined {
  if (timedOut || (status !== undefined && status !== 1)) {
    return undefined;
  }
  const text = complaints(errors).join('\n');
  return CPU_REFUSALS.map((refusal) => refusal.exec(text)?.[0]).find((words) => words !== undefined);
}

/** The names in what `-machine help` prints, without the remarks behind them. */
export function parseMachines(help: string): string[] {
  return help
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s/)[0] ?? '')
    .filter((name) => name !== '' && name !== 'none');
}

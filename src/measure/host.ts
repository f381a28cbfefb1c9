import { accessSync, closeSync, constants, existsSync, openSync, readSync, readdirSync } from 'node:fs';
import { arch, loadavg, release, totalmem, version } from 'node:os';
import { byCodeUnit, type JsonObject } from '../core/json.js';
import { attempt, readTextIfThere } from '../system/files.js';
import type { HostActivity } from './host-activity.js';

/**
 * The part of the host that counts for a measurement's fingerprint: figures of another processor, another
 * microcode or another kernel are other figures.
 */
export interface HostIdentity extends JsonObject {
  readonly cpu: string;
  /** Missing where the kernel does not tell it. */
  readonly microcode?: string;
  /** Of the running kernel: `6.1.0-28-amd64`. */
  readonly kernel: string;
}

/** Whether this user can open `/dev/kvm`. That it opens does not say that a boot gets through with it. */
export type KvmAccess = 'usable' | 'missing' | 'forbidden';

/** Everything that is recorded of the machine on which boots were timed. Missing: not told by this kernel. */
export interface HostRecord extends HostIdentity {
  readonly architecture: string;
  /** Logical processors that are online. */
  readonly processors: number;
  /** Cores, all sockets together. */
  readonly cores?: number;
  readonly sockets?: number;
  /** Of the first processor: `performance`. */
  readonly governor?: string;
  /** True when the processor may clock above its nominal frequency. */
  readonly turbo?: boolean;
  /** `on`, `off`, `notsupported`. */
  readonly smt?: string;
  /** Vulnerability -> `Mitigation: ...`, `Vulnerable`, `Not affected`. */
  readonly mitigations: Readonly<Record<string, string>>;
  /** Build of the running kernel. */
  readonly kernelBuild: string;
  /** True when this host is itself a guest. */
  readonly virtualised: boolean;
  /** What it is a guest of, where the firmware tells. */
  readonly virtualisation?: string;
  /** The setting in force: `always`, `madvise`, `never`. */
  readonly transparentHugepages?: string;
  readonly kvm: KvmAccess;
  readonly memoryMib: number;
  /** Load averages of 1, 5 and 15 minutes when it was read. */
  readonly load: readonly number[];
  /** What it did while boots were timed; missing where that is not known. */
  readonly activity?: HostActivity;
}

/** Reads the counting part; quick enough to be read whenever a plan is made. */
export function readHostIdentity(): HostIdentity {
  const start = attempt('/proc/cpuinfo', () => readStart('/proc/cpuinfo'));
  return identity(start.ok ? start.value : '');
}

/** The file's first processor: the kernel makes up the text as it is read, and asks every processor that it names. */
function readStart(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const block = Buffer.alloc(1024);
    return block.toString('utf8', 0, readSync(descriptor, block));
  } finally {
    closeSync(descriptor);
  }
}

/** Reads everything. Nothing in it fails: what cannot be read is missing. */
export function readHost(): HostRecord {
  const cpuinfo = read('/proc/cpuinfo') ?? '';
  return {
    ...identity(cpuinfo),
    architecture: arch(),
    processors: count(cpuinfo, 'processor'),
    ...topology(cpuinfo),
    ...definedOnly({ governor: read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'), turbo: readTurbo() }),
    ...definedOnly({ smt: read('/sys/devices/system/cpu/smt/control') }),
    mitigations: readMitigations(),
    kernelBuild: version(),
    virtualised: /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo),
    ...definedOnly({ virtualisation: readVirtualisation(), transparentHugepages: readHugepages() }),
    kvm: readKvmAccess(),
    memoryMib: Math.round(totalmem() / 1024 ** 2),
    load: loadavg().map((load) => Math.round(load * 100) / 100),
  };
}

/** Whether `/dev/kvm` can be opened by this user. */
export function readKvmAccess(device = '/dev/kvm'): KvmAccess {
  if (!existsSync(device)) {
    return 'missing';
  }
  return attempt(device, () => accessSync(device, constants.R_OK | constants.W_OK)).ok ? 'usable' : 'forbidden';
}

function identity(cpuinfo: string): HostIdentity {
  const microcode = field(cpuinfo, 'microcode');
  return {
    cpu: field(cpuinfo, 'model name') ?? field(cpuinfo, 'CPU part') ?? arch(),
    ...(microcode === undefined ? {} : { microcode }),
    kernel: release(),
  };
}

function field(cpuinfo: string, name: string): string | undefined {
  return new RegExp(`^${name}\\s*:\\s*(.*\\S)`, 'm').exec(cpuinfo)?.[1];
}

function count(cpuinfo: string, name: string): number {
  return cpuinfo.match(new RegExp(`^${name}\\s*:`, 'gm'))?.length ?? 1;
}

function topology(cpuinfo: string): { sockets?: number; cores?: number } {
  const sockets = new Set<string>();
  const cores = new Set<string>();
  for (const processor of cpuinfo.split('\n\n')) {
    const socket = field(processor, 'physical id');
    const core = field(processor, 'core id');
    if (socket !== undefined && core !== undefined) {
      sockets.add(socket);
      cores.add(`${socket}/${core}`);
    }
  }
  return cores.size === 0 ? {} : { sockets: sockets.size, cores: cores.size };
}

function readTurbo(): boolean | undefined {
  const noTurbo = read('/sys/devices/system/cpu/intel_pstate/no_turbo');
  const boost = read('/sys/devices/system/cpu/cpufreq/boost');
  return noTurbo === undefined ? (boost === undefined ? undefined : boost === '1') : noTurbo === '0';
}

const VULNERABILITIES = '/sys/devices/system/cpu/vulnerabilities';

function readMitigations(): Record<string, string> {
  const names = attempt(VULNERABILITIES, () => readdirSync(VULNERABILITIES).sort(byCodeUnit));
  const found: Record<string, string> = {};
  for (const name of names.ok ? names.value : []) {
    found[name] = read(`${VULNERABILITIES}/${name}`) ?? 'not readable';
  }
  return found;
}

function readVirtualisation(): string | undefined {
  const vendor = read('/sys/class/dmi/id/sys_vendor');
  const product = read('/sys/class/dmi/id/product_name');
  const name = [vendor, product].filter((part) => part !== undefined && part !== '').join(' ');
  return read('/sys/hypervisor/type') ?? (name === '' ? undefined : name);
}

function readHugepages(): string | undefined {
  return /\[(\w+)\]/.exec(read('/sys/kernel/mm/transparent_hugepage/enabled') ?? '')?.[1];
}

/** A kernel file's text; one that is missing or refused tells nothing. */
function read(path: string): string | undefined {
  const text = attempt(path, () => readTextIfThere(path));
  return text.ok ? text.value?.trim() : undefined;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

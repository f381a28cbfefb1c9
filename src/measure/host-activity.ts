import { cpuUsage } from 'node:process';
import type { JsonObject } from '../core/json.js';
import { attempt, readTextIfThere } from '../system/files.js';
import { parseProcessors } from '../system/processors.js';
import type { Sample } from './samples.js';

/** What a host did while boots were timed. */
export interface HostActivity extends JsonObject {
  /** How long that was. */
  readonly seconds: number;
  /** Processors that other programs had, on average: 0.4. */
  readonly others: number;
  /** Share of the processors' time that the host of this machine took from it, 0 to 1; 0 on bare metal. */
  readonly stolen: number;
  /** Processors that share the core of the one that the VM was pinned to. Missing where there is none. */
  readonly siblings?: SiblingActivity;
}

/** The other threads of a core. */
export interface SiblingActivity extends JsonObject {
  readonly processors: readonly number[];
  /** Share of the time that one of them at least was busy on average, 0 to 1. */
  readonly busy: number;
}

/** Where the kernel tells of it. */
export interface ActivitySources {
  /** `/proc/stat` */
  readonly stat: string;
  /** `/sys/devices/system/cpu` */
  readonly processors: string;
}

const THIS_HOST: ActivitySources = { stat: '/proc/stat', processors: '/sys/devices/system/cpu' };

/**
 * Begins to watch the host; what it gives ends that and tells what was seen. `undefined` where the kernel does not tell.
 * @param sources those of this machine where they are not given
 */
export function watchHost(
  sources: ActivitySources = THIS_HOST,
): (samples: readonly Sample[], vmCpu?: number) => HostActivity | undefined {
  const before = readProcessors(sources);
  const own = cpuUsage();
  return (samples, vmCpu) => {
    const after = readProcessors(sources);
    const used = cpuUsage(own);
    if (before === undefined || after === undefined) {
      return undefined;
    }
    // The kernel counts in hundredths of a second.
    const ours = (used.user + used.system) / 1e4 + timeOfVms(samples) / 1e7;
    return activity(before, after, { ours, siblings: siblingsOf(vmCpu, sources) });
  };
}

/** Of one processor, or of all, in hundredths of a second since the start of the machine. */
interface ProcessorTime {
  readonly busy: number;
  readonly idle: number;
  readonly stolen: number;
}

/** `all`, and each processor by its number. */
type ProcessorTimes = ReadonlyMap<string, ProcessorTime>;

function readProcessors({ stat }: ActivitySources): ProcessorTimes | undefined {
  const text = attempt(stat, () => readTextIfThere(stat));
  const lines = text.ok ? (text.value ?? '').split('\n').filter((line) => /^cpu\d* /.test(line)) : [];
  const times = lines.map((line) => {
    const [name = '', ...figures] = line.trim().split(/\s+/);
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, stolen = 0] = figures.map(Number);
    return [name.slice(3) || 'all', { busy: user + nice + system + irq + soft, idle: idle + wait, stolen }] as const;
  });
  return times.length < 2 ? undefined : new Map(times);
}

/** Nanoseconds that the VMs of the last session had. */
function timeOfVms(samples: readonly Sample[]): number {
  const session = samples.at(-1)?.session;
  return samples
    .filter((sample) => sample.session === session)
    .reduce((sum, { userNs, sysNs }) => sum + Number(userNs) + Number(sysNs), 0);
}

/** As the kernel lists them, `0,4` or `0-1`, without the processor itself. */
function siblingsOf(cpu: number | undefined, { processors }: ActivitySources): number[] {
  if (cpu === undefined) {
    return [];
  }
  const path = `${processors}/cpu${cpu}/topology/thread_siblings_list`;
  const text = attempt(path, () => readTextIfThere(path));
  return parseProcessors(text.ok ? (text.value ?? '') : '').filter((one) => one !== cpu);
}

function activity(
  before: ProcessorTimes,
  after: ProcessorTimes,
  { ours, siblings }: { readonly ours: number; readonly siblings: readonly number[] },
): HostActivity | undefined {
  const all = since(before, after, 'all');
  const passed = all.busy + all.idle + all.stolen;
  if (passed <= 0) {
    return undefined;
  }
  const ticks = passed / (after.size - 1);
  const shared = siblings.map((cpu) => since(before, after, String(cpu)));
  return {
    seconds: rounded(ticks / 100),
    others: rounded(Math.max(0, all.busy - ours) / ticks),
    stolen: rounded(all.stolen / passed),
    ...(shared.length === 0
      ? {}
      : { siblings: { processors: siblings, busy: rounded(Math.max(...shared.map(({ busy }) => busy)) / ticks) } }),
  };
}

function since(before: ProcessorTimes, after: ProcessorTimes, name: string): ProcessorTime {
  const difference = (key: keyof ProcessorTime): number =>
    Math.max(0, (after.get(name)?.[key] ?? 0) - (before.get(name)?.[key] ?? 0));
  return { busy: difference('busy'), idle: difference('idle'), stolen: difference('stolen') };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

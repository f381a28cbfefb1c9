import type { HypervisorUnfit } from '../core/failures/measure.js';
import type { CommandFailed } from '../core/failures/build.js';
import { failed, success, type Result } from '../core/result.js';
import { runCommand, type CommandFailure } from '../system/command.js';

/** How the stopwatch and the VM are put on the host's processors. */
export interface Scheduling {
  /** Logical processor that the VM alone runs on. */
  readonly vmCpu?: number;
  /** That of the stopwatch. */
  readonly stopwatchCpu?: number;
  /** SCHED_FIFO priority of the stopwatch, 1 to 99; the VM never gets one. */
  readonly realtime?: number;
  /** False: the VM gets the same addresses at each boot, where that is permitted. */
  readonly aslr?: false;
}

/** What the stopwatch has to know of a boot. */
export type StopwatchRequest = Pick<BootRequest, 'timeoutMilliseconds' | 'scheduling' | 'markers'>;

/** Pipes by which a VM tells how far its guest is while it runs on. */
export interface MarkerPipes {
  /** How many; the VM has them at {@link FIRST_MARKER} and the descriptors after it. */
  readonly count: number;
  /** The byte on one of them at which the VM is ended. */
  readonly endAt: { readonly marker: number; readonly byte: number };
}

/** The VM's descriptor for marker 0. */
export const FIRST_MARKER = 10;

/** One boot to be timed. All paths absolute. */
export interface BootRequest {
  readonly stopwatch: string;
  readonly hypervisor: string;
  readonly arguments: readonly string[];
  /** Program and arguments that start the hypervisor, where that does not start by itself. */
  readonly launcher?: readonly string[];
  /** Added to the environment that child processes get. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
  /** Working folder of the hypervisor. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly scheduling?: Scheduling;
  readonly markers?: MarkerPipes;
}

/** A byte that arrived on a marker pipe. */
export interface Marker {
  /** From 0. */
  readonly marker: number;
  readonly byte: number;
  /** Nanoseconds from the start of the VM. */
  readonly ns: bigint;
}

/** How a boot ended, as the stopwatch saw it. Either `status` or `signal` is there. */
export interface BootEnd {
  /** CLOCK_MONOTONIC right before the hypervisor was started. */
  readonly startNs: bigint;
  /** CLOCK_MONOTONIC when it had ended. */
  readonly endNs: bigint;
  readonly elapsedNs: bigint;
  readonly status?: number;
  /** `SIGSEGV`; SIGKILL when the time was over. */
  readonly signal?: string;
  readonly timedOut: boolean;
  /** In the order of their arrival; those that arrived together have one stamp. */
  readonly markers: readonly Marker[];
  /** True: the VM was ended because the last marker had come, which is no failure. `endNs` is the marker's arrival. */
  readonly endedAtMarker: boolean;
  /** Whether the real-time priority was granted; missing where none was asked for. */
  readonly realtime?: boolean;
  /** Whether the VM got random addresses, though it should not; missing where they were not to be fixed. */
  readonly aslr?: boolean;
  /** Whether the stopwatch's memory could be locked. */
  readonly memoryLocked: boolean;
  /** Processor time of the hypervisor. */
  readonly userNs: bigint;
  readonly sysNs: bigint;
  readonly maxRssKib: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  /** The end of the guest's console. */
  readonly console: string;
  /** The end of the hypervisor's standard error. */
  readonly errors: string;
}

/** Why a boot did not take place. A boot that took place and failed is a {@link BootEnd}. */
export type BootFailure = CommandFailure | HypervisorUnfit;

/**
 * Between the start of the stopwatch and that of the VM: our own work of starting it goes on for some milliseconds, and
 * on a machine with few free processors it would be the VM that waits.
 */
export const REST_MILLISECONDS = 10;
/** Time for the stopwatch beyond the guest's own, before it is itself taken for hung. */
const STOPWATCH_GRACE_MILLISECONDS = 10_000;

/**
 * Starts a VM through the stopwatch and waits for its end; aborting `signal` ends it.
 * Fails with `hypervisor-unfit` when the hypervisor cannot be executed, and as `runCommand` does when the
 * stopwatch itself does not work.
 */
export async function boot(request: BootRequest): Promise<Result<BootEnd, BootFailure>> {
  const command = {
    program: request.stopwatch,
    arguments: [
      ...stopwatchArguments(request),
      '--',
      ...(request.launcher ?? []),
      request.hypervisor,
      ...request.arguments,
    ],
    folder: request.folder,
    ...(request.environment && { environment: request.environment }),
    timeoutMilliseconds: request.timeoutMilliseconds + STOPWATCH_GRACE_MILLISECONDS,
    signal: request.signal,
    neededBy: 'measure',
    // It ends the VM when it is told to end, and when we die.
    staysInSession: true as const,
  };
  const output = await runCommand(command);
  if (!output.ok) {
    return output;
  }
  const line = parseLine(output.value.stdout);
  if (line?.exec_error !== undefined) {
    return failed({ reason: 'hypervisor-unfit', binary: request.hypervisor, detail: line.exec_error });
  }
  if (line?.start_ns === undefined) {
    return failed(brokenLine(command, output.value.stdout));
  }
  return success(bootEnd(line, BigInt(request.timeoutMilliseconds) * 1_000_000n));
}

/** What the stopwatch is told before the command that it starts. */
export function stopwatchArguments({ timeoutMilliseconds, scheduling = {}, markers }: StopwatchRequest): string[] {
  const { vmCpu, stopwatchCpu, realtime, aslr } = scheduling;
  const number = (option: string, value: number | undefined): string[] =>
    value === undefined ? [] : [option, String(value)];
  const { marker, byte } = markers?.endAt ?? {};
  return [
    ...number('--timeout-ms', timeoutMilliseconds),
    ...number('--wait-ms', REST_MILLISECONDS),
    ...number('--pin', vmCpu),
    ...number('--pin-self', stopwatchCpu),
    ...number('--realtime', realtime),
    ...number('--aslr', aslr === false ? 0 : undefined),
    ...number('--markers', markers?.count),
    ...(marker === undefined || byte === undefined ? [] : ['--end-at', `${marker}:${byte}`]),
  ];
}

/** The stopwatch's line of JSON. */
interface StopwatchLine {
  readonly exec_error?: string;
  readonly start_ns?: string;
  readonly end_ns: string;
  readonly elapsed_ns: string;
  readonly status?: number;
  readonly signal?: string;
  readonly timed_out: boolean;
  readonly markers: readonly { readonly marker: number; readonly byte: number; readonly ns: string }[];
  readonly ended_at_marker: boolean;
  readonly realtime?: boolean;
  readonly aslr?: boolean;
  readonly memory_locked: boolean;
  readonly user_ns: string;
  readonly sys_ns: string;
  readonly max_rss_kib: number;
  readonly minor_faults: number;
  readonly major_faults: number;
  readonly voluntary_switches: number;
  readonly involuntary_switches: number;
  readonly console: string;
  readonly errors: string;
}

function parseLine(text: string): StopwatchLine | undefined {
  try {
    return JSON.parse(text) as StopwatchLine;
  } catch {
    return undefined;
  }
}

function brokenLine(
  command: { program: string; arguments: readonly string[]; folder: string },
  text: string,
): CommandFailed {
  return {
    reason: 'command-failed',
    command: [command.program, ...command.arguments],
    folder: command.folder,
    lastLines: [`the stopwatch printed no result: ${text.slice(0, 200)}`],
  };
}

/** A stopwatch that was itself held up beyond the time-out has stamped nothing that counts, whatever came. */
function bootEnd(line: StopwatchLine, timeoutNs: bigint): BootEnd {
  return {
    startNs: BigInt(line.start_ns ?? 0),
    endNs: BigInt(line.end_ns),
    elapsedNs: BigInt(line.elapsed_ns),
    ...(line.status === undefined ? {} : { status: line.status }),
    ...(line.signal === undefined ? {} : { signal: line.signal }),
    timedOut: line.timed_out || BigInt(line.elapsed_ns) > timeoutNs,
    markers: line.markers.map(({ marker, byte, ns }) => ({ marker, byte, ns: BigInt(ns) })),
    endedAtMarker: line.ended_at_marker,
    ...(line.realtime === undefined ? {} : { realtime: line.realtime }),
    ...(line.aslr === undefined ? {} : { aslr: line.aslr }),
    memoryLocked: line.memory_locked,
    userNs: BigInt(line.user_ns),
    sysNs: BigInt(line.sys_ns),
    maxRssKib: line.max_rss_kib,
    minorFaults: line.minor_faults,
    majorFaults: line.major_faults,
    voluntarySwitches: line.voluntary_switches,
    involuntarySwitches: line.involuntary_switches,
    console: line.console,
    errors: line.errors,
  };
}

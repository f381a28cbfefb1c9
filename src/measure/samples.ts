import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { BootEnd } from './boot.js';
import type { BootMethod, PlannedBoot } from './boot-plan.js';
import { lastLines } from './console.js';
import type { Point } from '../recipe/schema.js';
import { readTrace, tracedWrites } from './trace.js';
import type { Outcome } from './verdict.js';

/** One line of `samples.ndjson`: one boot. Nanoseconds are decimal strings. `point` and `method` are the plan's. */
export interface Sample extends PlannedBoot {
  readonly outcome: Outcome;
  /** From 1; counts up each time that an unfinished measurement is gone on with. */
  readonly session: number;
  /** Wall clock when the boot had ended, ISO 8601. */
  readonly at: string;
  readonly status?: number;
  readonly signal?: string;
  readonly timedOut: boolean;
  /** True: the stopwatch ended the VM after the last point, as it has to in a traced boot; `endNs` is its arrival. */
  readonly endedAtMarker: boolean;
  /** Point -> nanoseconds from `startNs` to its arrival; only of a traced boot that came through all of them. */
  readonly markersNs?: Readonly<Record<string, string>>;
  /** What a traced boot that failed wrote to the points' ports, `ns` from `startNs`. */
  readonly writes?: readonly { readonly port: number; readonly value: number; readonly ns: string }[];
  /** Whether the stopwatch had the real-time priority that was asked for; missing where none was. */
  readonly realtime?: boolean;
  /** Whether the VM had random addresses, though it should not; missing where they were not to be fixed. */
  readonly aslr?: boolean;
  /** Whether the stopwatch's memory was locked. */
  readonly memoryLocked: boolean;
  /** CLOCK_MONOTONIC of the host. */
  readonly startNs: string;
  readonly endNs: string;
  readonly elapsedNs: string;
  readonly userNs: string;
  readonly sysNs: string;
  readonly maxRssKib: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  /** The guest's last lines; only of a boot that failed. */
  readonly console?: readonly string[];
  /** The hypervisor's last complaints; only of a boot that failed. */
  readonly errors?: readonly string[];
}

/** What is known of a boot besides its plan and how it ended. */
export interface SampleFacts extends Pick<Sample, 'outcome' | 'session' | 'at'> {
  /** The recipe's, in order: what the writes of a traced boot mean. */
  readonly points: readonly Point[];
}

/** The record of a boot that has ended. */
export function sampleOf(planned: PlannedBoot, end: BootEnd, facts: SampleFacts): Sample {
  const { outcome, session, at, points } = facts;
  const { startNs, endNs, elapsedNs, userNs, sysNs, console, errors, markers, ...rest } = end;
  const words = outcome === 'reached' ? {} : { console: lastLines(console), errors: lastLines(errors) };
  const traced = planned.method === 'trace' ? traceOf({ markers }, points, outcome) : {};
  return {
    ...planned,
    outcome,
    session,
    at,
    ...rest,
    startNs: String(startNs),
    endNs: String(endNs),
    elapsedNs: String(elapsedNs),
    userNs: String(userNs),
    sysNs: String(sysNs),
    ...traced,
    ...words,
  };
}

function traceOf(
  end: Pick<BootEnd, 'markers'>,
  points: readonly Point[],
  outcome: Outcome,
): Pick<Sample, 'markersNs' | 'writes'> {
  if (outcome === 'reached') {
    const stamps = [...readTrace(end, points).stamps];
    return { markersNs: Object.fromEntries(stamps.map(([point, ns]) => [point, String(ns)])) };
  }
  return { writes: tracedWrites(end, points).map((write) => ({ ...write, ns: String(write.ns) })) };
}

/** Adds a sample to a file in one write, so that a kill leaves at most one torn line, the last. */
export function appendSample(path: string, sample: Sample): void {
  appendFileSync(path, `${JSON.stringify(sample)}\n`);
}

/**
 * The samples of a file, in its order. A torn last line is cut off the file, so that the next one does not grow
 * onto it; with a damaged line anything from there on is cut off too.
 */
export function recoverSamples(path: string): Sample[] {
  if (!existsSync(path)) {
    return [];
  }
  const bytes = readFileSync(path);
  const samples: Sample[] = [];
  let sound = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, sound)) {
    const sample = parseSample(bytes.toString('utf8', sound, end));
    if (sample === undefined) {
      break;
    }
    samples.push(sample);
    sound = end + 1;
  }
  if (sound < bytes.length) {
    truncateSync(path, sound);
  }
  return samples;
}

/** The samples of a finished file's text. */
export function parseSamples(text: string): Sample[] {
  return text
    .split('\n')
    .map(parseSample)
    .filter((sample) => sample !== undefined);
}

function parseSample(line: string): Sample | undefined {
  try {
    const sample = JSON.parse(line) as Partial<Sample>;
    const isWhole =
      Number.isInteger(sample.boot) &&
      typeof sample.outcome === 'string' &&
      [sample.elapsedNs, ...Object.values(sample.markersNs ?? {})].every(isNanoseconds);
    return isWhole ? (sample as Sample) : undefined;
  } catch {
    return undefined;
  }
}

function isNanoseconds(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,18}$/.test(value);
}

/** Nanoseconds from the start of the VM to a point in a boot by that method; `undefined` where it does not count for it. */
export function durationIn(sample: Sample, point: string, method: BootMethod): number | undefined {
  if (!counts(sample, method)) {
    return undefined;
  }
  const stamp = method === 'trace' ? sample.markersNs?.[point] : sample.point === point ? sample.elapsedNs : undefined;
  return stamp === undefined ? undefined : Number(stamp);
}

/**
 * Durations in nanoseconds from the start of the VM to a point, of the boots of one method that count: those that
 * reached it, without warm-up. `exit`: the elapsed time of the boots that end there, which has the end of the
 * hypervisor's process in it; `trace`: when the point's write arrived.
 */
export function series(samples: readonly Sample[], point: string, method: BootMethod): number[] {
  return method === 'trace'
    ? pairedSeries(samples, undefined, point)
    : samples
        .filter((sample) => counts(sample, 'exit') && sample.point === point)
        .map((sample) => Number(sample.elapsedNs));
}

/**
 * Nanoseconds between two points of one and the same boot, for each traced boot that counts, in their order.
 * @param from `undefined` for the start of the VM
 */
export function pairedSeries(samples: readonly Sample[], from: string | undefined, to: string): number[] {
  return samples.flatMap((sample) => {
    const begin = from === undefined ? '0' : sample.markersNs?.[from];
    const end = sample.markersNs?.[to];
    // Subtracted as whole numbers; the difference fits a double, whatever the stamps are.
    return counts(sample, 'trace') && begin !== undefined && end !== undefined
      ? [Number(BigInt(end) - BigInt(begin))]
      : [];
  });
}

function counts({ method, warmup, outcome }: Sample, wanted: BootMethod): boolean {
  return method === wanted && !warmup && outcome === 'reached';
}

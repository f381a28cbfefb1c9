import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { BootEnd } from './boot.js';
import type { PlannedBoot } from './boot-plan.js';
import { lastLines } from './console.js';
import type { Outcome } from './verdict.js';

/** One line of `samples.ndjson`: one boot. Nanoseconds are decimal strings. */
export interface Sample extends PlannedBoot {
  readonly outcome: Outcome;
  /** From 1; counts up each time that an unfinished measurement is gone on with. */
  readonly session: number;
  /** Wall clock when the boot had ended, ISO 8601. */
  readonly at: string;
  readonly status?: number;
  readonly signal?: string;
  readonly timedOut: boolean;
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

/** The record of a boot that has ended. */
export function sampleOf(
  planned: PlannedBoot,
  end: BootEnd,
  { outcome, session, at }: Pick<Sample, 'outcome' | 'session' | 'at'>,
): Sample {
  const { startNs, endNs, elapsedNs, userNs, sysNs, console, errors, ...rest } = end;
  const words = outcome === 'reached' ? {} : { console: lastLines(console), errors: lastLines(errors) };
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
    ...words,
  };
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
    return Number.isInteger(sample.boot) && typeof sample.outcome === 'string' ? (sample as Sample) : undefined;
  } catch {
    return undefined;
  }
}

/** Durations in nanoseconds of the boots that count at one point: those that reached it, without warm-up. */
export function series(samples: readonly Sample[], point: string): number[] {
  return samples
    .filter((sample) => sample.point === point && !sample.warmup && sample.outcome === 'reached')
    .map((sample) => Number(sample.elapsedNs));
}

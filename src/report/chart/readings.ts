import type { BootMethod } from '../../measure/boot-plan.js';
import { pairedSeries, type Sample } from '../../measure/samples.js';
import { outliers } from '../../measure/statistics/outliers.js';

/** One boot at one point, as a chart shows it. */
export interface Reading {
  /** Number in the plan, from 0. */
  readonly boot: number;
  readonly block: number;
  readonly session: number;
  readonly kind: ReadingKind;
  /** From the start of the VM to the point; missing where the boot failed. */
  readonly nanoseconds?: number;
}

/** `outlier` counts like any other; `warm-up` is in no figure, and `failed` has none. */
export type ReadingKind = 'boot' | 'outlier' | 'warm-up' | 'failed';

/** The boots of a method that were to come to a point, in order. A traced boot comes to every point. */
export function readings(samples: readonly Sample[], point: string, method: BootMethod): Reading[] {
  const boots = samples.filter((sample) => sample.method === method && (method === 'trace' || sample.point === point));
  const timed = boots.map((sample) => ({ sample, nanoseconds: durationTo(sample, point) }));
  const counted = timed.filter(({ sample, nanoseconds }) => !sample.warmup && nanoseconds !== undefined);
  const marks = outliers(counted.map(({ nanoseconds = 0 }) => nanoseconds));
  const apart = new Set(counted.filter((_, index) => marks[index]).map(({ sample }) => sample.boot));
  return timed.map(({ sample, nanoseconds }) => ({
    boot: sample.boot,
    block: sample.block,
    session: sample.session,
    kind: kindOf(sample, nanoseconds, apart),
    ...(nanoseconds === undefined ? {} : { nanoseconds }),
  }));
}

function durationTo(sample: Sample, point: string): number | undefined {
  if (sample.outcome !== 'reached') {
    return undefined;
  }
  const text = sample.method === 'trace' ? sample.markersNs?.[point] : sample.elapsedNs;
  return text === undefined ? undefined : Number(text);
}

function kindOf(sample: Sample, nanoseconds: number | undefined, apart: ReadonlySet<number>): ReadingKind {
  if (nanoseconds === undefined) {
    return 'failed';
  }
  if (sample.warmup) {
    return 'warm-up';
  }
  return apart.has(sample.boot) ? 'outlier' : 'boot';
}

/** Durations in nanoseconds of the readings that count. */
export function countedDurations(of: readonly Reading[]): number[] {
  return of.flatMap(({ kind, nanoseconds }) => (kind === 'warm-up' || nanoseconds === undefined ? [] : [nanoseconds]));
}

/** Nanoseconds of a phase, one for each boot that shows both its ends, or for each block where no boot does. */
export function phaseValues(
  samples: readonly Sample[],
  { from, to }: { readonly from?: string; readonly to: string },
  method: BootMethod,
): number[] {
  if (method === 'trace') {
    return pairedSeries(samples, from, to);
  }
  const end = readings(samples, to, 'exit');
  return from === undefined ? countedDurations(end) : phaseDifferences(readings(samples, from, 'exit'), end);
}

/**
 * Nanoseconds between two points, from boots that end at one point each: the difference of the two boots of a block,
 * for each block that has both. It scatters more than the phase does, with both boots.
 */
export function phaseDifferences(begin: readonly Reading[], end: readonly Reading[]): number[] {
  const counts = ({ kind }: Reading): boolean => kind !== 'warm-up';
  const begins = new Map(begin.filter(counts).map(({ block, nanoseconds }) => [block, nanoseconds]));
  return end.filter(counts).flatMap(({ block, nanoseconds }) => {
    const before = begins.get(block);
    return before === undefined || nanoseconds === undefined ? [] : [nanoseconds - before];
  });
}

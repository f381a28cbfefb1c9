import type { Interval } from '../measure/statistics/bootstrap.js';
import type { BootMethod } from '../measure/boot-plan.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import { series, type Sample } from '../measure/samples.js';
import { median } from '../measure/statistics/describe.js';
import { drift } from '../measure/statistics/drift.js';
import { twoModes } from '../measure/statistics/modes.js';
import { mannWhitney } from '../measure/statistics/rank-sum.js';
import type { Outcome } from '../measure/verdict.js';
import { sessionsApart } from './find-sessions-apart.js';
import { sharedHost } from './find-shared-host.js';
import type { Drifting, FirstBootsSlow, Warning } from './warnings.js';

/** What warnings are found in. */
export interface WarningEvidence {
  readonly record: MeasurementRecord;
  readonly samples: readonly Sample[];
  /** In the order of a boot. */
  readonly points: readonly PointEvidence[];
  readonly boots: BootEvidence;
}

/** The figures of a point, as far as warnings go by them. */
export interface PointEvidence {
  readonly name: string;
  readonly statistics?: {
    readonly n: number;
    readonly median: number;
    readonly interval: Interval;
    readonly outliers: number;
  };
}

/** How boots came out. */
export interface BootEvidence {
  readonly counted: number;
  readonly failed: number;
  readonly warmup: number;
  readonly warmupFailed: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
}

/** What stands against the figures of a measurement, the gravest first; of a kind, the worst point alone. */
export function warningsOf(evidence: WarningEvidence): Warning[] {
  const { record, samples, points } = evidence;
  const method: BootMethod = record.method === 'exit' ? 'exit' : 'trace';
  const all = points.map(({ name }) => ({ point: name, durations: series(samples, name, method) }));
  return [
    ...failedBoots(evidence),
    ...emulated(record),
    ...fewBoots(points),
    ...inOrder(all, evidence),
    ...inTwoModes(all, record),
    ...manyOutliers(points, record),
    ...ofHost(record, points),
  ];
}

function failedBoots({ boots }: WarningEvidence): Warning[] {
  const { failed, counted, outcomes, warmup, warmupFailed } = boots;
  return [
    ...(failed === 0 ? [] : [{ kind: 'failed-boots', failed, counted, outcomes } as const]),
    ...(warmupFailed === 0 ? [] : [{ kind: 'failed-warmup', failed: warmupFailed, boots: warmup } as const]),
  ];
}

function emulated({ probe: { accelerator, reason } }: MeasurementRecord): Warning[] {
  return accelerator === 'kvm' || reason === 'asked' ? [] : [{ kind: 'emulated', reason }];
}

/** With fewer, the interval of a median is little more than the fastest and the slowest boot. */
const FEW = 10;
/** Width of the interval of the median, as a share of it, from which a reader has to be told. */
const WIDE = 0.05;

/** Of the last point, which stands for the whole boot. */
function fewBoots(points: readonly PointEvidence[]): Warning[] {
  const last = points.at(-1);
  if (last?.statistics === undefined) {
    return [];
  }
  const { n, median: middle, interval } = last.statistics;
  const width = interval.high - interval.low;
  if (n >= FEW && width <= WIDE * middle) {
    return [];
  }
  // The width goes with the root of n; rounded up to what one would type.
  const enough = Math.max(2 * FEW, Math.ceil((n * (width / (WIDE * middle)) ** 2) / 10) * 10);
  return [{ kind: 'few-boots', point: last.name, n, median: middle, width, few: n < FEW, enough }];
}

interface PointSeries {
  readonly point: string;
  /** In the order of booting. */
  readonly durations: readonly number[];
}

/** How likely a warning of one kind is by chance, of all points together. */
const CHANCE = 0.01;
/** Share of the median below which a change with the order of the boots does not matter. */
const MATTERS = 0.01;

/** Slow first boots, and sessions that are apart, are not told a second time as a drift. */
function inOrder(
  all: readonly PointSeries[],
  { record: { method, plan }, samples }: Pick<WarningEvidence, 'record' | 'samples'>,
): Warning[] {
  const point = all.at(-1)?.point ?? '';
  const main: BootMethod = method === 'exit' ? 'exit' : 'trace';
  const apart = sessionsApart({ samples, point, method: main, chance: CHANCE, matters: MATTERS });
  // A traced boot shows all points: what slows one of them is seen at the last.
  const some = method === 'exit' ? all : all.slice(-1);
  // Each series is asked twice.
  const limits = { chance: CHANCE / (2 * some.length), warmup: plan.warmup };
  const found = some.map(
    (one) => slowFirstBoots(one, limits) ?? (apart === undefined ? drifting(one, limits) : undefined),
  );
  const shareOf = (warning: FirstBootsSlow | Drifting): number =>
    Math.abs(warning.kind === 'drift' ? warning.change : warning.difference) / warning.median;
  const gravest = worst(
    found.filter((warning) => warning !== undefined),
    shareOf,
  );
  return [...(apart === undefined ? [] : [apart]), ...gravest];
}

/** With fewer boots, not even an order that is as clear as can be is too clear for chance. */
const FEWEST_FIRST = 4;

interface OrderLimits {
  /** p below which an order is no chance. */
  readonly chance: number;
  /** Warm-up boots that there were. */
  readonly warmup: number;
}

function slowFirstBoots(
  { point, durations }: PointSeries,
  { chance, warmup }: OrderLimits,
): FirstBootsSlow | undefined {
  const first = Math.max(FEWEST_FIRST, Math.round(durations.length / 10));
  const rest = durations.slice(first);
  if (rest.length < 2 * first) {
    return undefined;
  }
  const early = durations.slice(0, first);
  const middle = median(rest);
  const difference = Math.round(median(early) - middle);
  return difference > MATTERS * middle && mannWhitney(rest, early).p < chance
    ? { kind: 'first-boots-slow', point, first, difference, median: Math.round(middle), warmup: warmup + first }
    : undefined;
}

function drifting({ point, durations }: PointSeries, { chance }: OrderLimits): Drifting | undefined {
  const found = drift(durations);
  const middle = median(durations);
  return found !== undefined && found.p < chance && Math.abs(found.change) > MATTERS * middle
    ? { kind: 'drift', point, ...found, change: Math.round(found.change), median: Math.round(middle) }
    : undefined;
}

function inTwoModes(all: readonly PointSeries[], { method }: MeasurementRecord): Warning[] {
  const chance = chanceOfEach(all, method);
  const found = all.flatMap(({ point, durations }) => {
    const modes = twoModes(durations, chance);
    const apart = modes === undefined ? 0 : modes.high.median - modes.low.median;
    return modes !== undefined && apart > MATTERS * median(durations)
      ? [{ kind: 'two-modes', point, ...modes } as const]
      : [];
  });
  return worst(found, ({ low, high }) => (high.median - low.median) / low.median);
}

/** For warnings that look at all points: those of traced boots are not independent, but nearly so where phases differ. */
function chanceOfEach(points: readonly unknown[], method: MeasurementRecord['method']): number {
  return method === 'exit' ? CHANCE / points.length : CHANCE / Math.min(2, points.length);
}

/** Share of outliers from which something disturbs the boots; a few are in every series. */
const MANY_OUTLIERS = 0.1;

function manyOutliers(points: readonly PointEvidence[], { method }: MeasurementRecord): Warning[] {
  const chance = chanceOfEach(points, method);
  const found = points.flatMap(({ name, statistics }) =>
    statistics !== undefined && statistics.n >= FEW && isMany(statistics, chance)
      ? [{ kind: 'outliers', point: name, outliers: statistics.outliers, n: statistics.n } as const]
      : [],
  );
  return worst(found, ({ outliers, n }) => outliers / n);
}

/** Whether so many outliers would be rare where one value in ten is one: of few boots, a few stand apart by chance. */
function isMany({ n, outliers }: { readonly n: number; readonly outliers: number }, chance: number): boolean {
  let term = (1 - MANY_OUTLIERS) ** n;
  let fewer = 0;
  for (let count = 0; count < outliers; count += 1) {
    fewer += term;
    term *= ((n - count) / (count + 1)) * (MANY_OUTLIERS / (1 - MANY_OUTLIERS));
  }
  return 1 - fewer < chance;
}

/** Width of the interval, as a share of the median, up to which a busy host did no harm. */
const SHARP = 0.02;

function ofHost(record: MeasurementRecord, points: readonly PointEvidence[]): Warning[] {
  const { host } = record;
  return [
    ...(isSharp(points.at(-1)) ? [] : sharedHost(record)),
    ...(host.governor === undefined || host.governor === 'performance'
      ? []
      : [{ kind: 'governor', governor: host.governor } as const]),
    ...(host.turbo === true ? [{ kind: 'turbo' } as const] : []),
  ];
}

function isSharp(point: PointEvidence | undefined): boolean {
  const found = point?.statistics;
  return found !== undefined && found.interval.high - found.interval.low <= SHARP * found.median;
}

function worst<T>(found: readonly T[], size: (one: T) => number): T[] {
  return [...found].sort((a, b) => size(b) - size(a)).slice(0, 1);
}

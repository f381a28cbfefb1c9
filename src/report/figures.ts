import type { BootMethod } from '../measure/boot-plan.js';
import type { CpuRefused } from '../measure/cpu-model.js';
import { failures } from '../measure/measurement.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import { phaseDurations, type PhaseDuration } from '../measure/phases.js';
import type { ProbeRecord } from '../measure/probe.js';
import { series, type Sample } from '../measure/samples.js';
import { medianInterval, type Interval } from '../measure/statistics/bootstrap.js';
import { statistics, type Statistics } from '../measure/statistics/describe.js';
import { outliers } from '../measure/statistics/outliers.js';
import type { Outcome } from '../measure/verdict.js';
import type { Recipe } from '../recipe/schema.js';

/** The VM that was booted. */
export interface MachineSummary {
  readonly accelerator: ProbeRecord['accelerator'];
  readonly reason: ProbeRecord['reason'];
  readonly type: string;
  /** The CPU model that was booted with; missing where the recipe leaves it to the hypervisor. */
  readonly cpu?: string;
  /** There when `cpu` is a fall-back: what the recipe asks for, and why it could not be had. */
  readonly cpuRefused?: CpuRefused;
  readonly memoryMib: number;
  readonly processors: number;
  /** The kernel's command line. */
  readonly append: string;
  /** Further arguments of the hypervisor. */
  readonly arguments: readonly string[];
}

/** The figures of one point, in nanoseconds. */
export interface PointStatistics extends Statistics {
  /** 95 % interval of the median. */
  readonly interval: Interval;
  /** How many of the boots stand apart from the rest. They are in every figure. */
  readonly outliers: number;
}

/** One exit point. */
export interface PointSummary {
  readonly name: string;
  readonly label?: string;
  readonly port: number;
  readonly value: number;
  /** Missing where no boot reached it. */
  readonly statistics?: PointStatistics;
  /** Boots that count and did not reach it. */
  readonly failed: number;
}

/** Boots, all points together; warm-up boots are counted apart. */
export interface BootCounts {
  readonly counted: number;
  readonly failed: number;
  readonly warmup: number;
  readonly warmupFailed: number;
  /** How those that count and failed came out. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
}

/** What a recipe gives to its summary: names and labels. */
export type SummaryRecipe = Pick<Recipe, 'name' | 'description' | 'points' | 'phases'>;

/** The method that the figures of a measurement are from: of both, tracing. */
export function mainMethod(method: MeasurementRecord['method']): BootMethod {
  return method === 'exit' ? 'exit' : 'trace';
}

/** Of which boots figures are worked out, and how the chance in them is seeded. */
export interface FigureRequest {
  readonly method: BootMethod;
  readonly seed: number;
}

/** The points and phases of one machine's boots by one method. */
export interface Figures {
  /** By tracing where that was done, else of boots that end at one point. */
  readonly points: readonly PointSummary[];
  readonly phases: readonly PhaseDuration[];
}

/** Works out the figures of the boots of one method. */
export function figuresOf(
  { points, phases }: SummaryRecipe,
  samples: readonly Sample[],
  { method, seed }: FigureRequest,
): Figures {
  return {
    points: points.map((point) => pointSummary(point, samples, { method, seed })),
    phases: phaseDurations(phases, { samples, method, seed }),
  };
}

function pointSummary(
  { name, label, port, value }: Recipe['points'][number],
  samples: readonly Sample[],
  { method, seed }: FigureRequest,
): PointSummary {
  const found = pointStatistics(series(samples, name, method), seed);
  // A traced boot that failed has no point at all.
  const missed = failures(samples).filter(
    (sample) => sample.method === method && (method === 'trace' || sample.point === name),
  );
  return {
    name,
    ...(label === undefined ? {} : { label }),
    port,
    value,
    ...(found === undefined ? {} : { statistics: found }),
    failed: missed.length,
  };
}

function pointStatistics(durations: readonly number[], seed: number): PointStatistics | undefined {
  const found = statistics(durations);
  const interval = medianInterval(durations, { seed });
  if (found === undefined || interval === undefined) {
    return undefined;
  }
  return {
    ...found,
    interval: { low: Math.round(interval.low), high: Math.round(interval.high) },
    outliers: outliers(durations).filter(Boolean).length,
  };
}

/** What of a measurement says which VM was booted. */
export type BootedMachine = Pick<MeasurementRecord, 'probe' | 'memoryMib' | 'processors' | 'append' | 'arguments'>;

/** The VM of a measurement. */
export function machineSummary(record: BootedMachine): MachineSummary {
  const { probe, memoryMib, processors, append } = record;
  const { accelerator, reason, machine, cpu, cpuRefused } = probe;
  return {
    accelerator,
    reason,
    type: machine,
    ...(cpu === undefined ? {} : { cpu }),
    ...(cpuRefused === undefined ? {} : { cpuRefused }),
    memoryMib,
    processors,
    append,
    arguments: record.arguments,
  };
}

/** How boots came out. */
export function bootCounts(samples: readonly Sample[]): BootCounts {
  const warmup = samples.filter((sample) => sample.warmup);
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of failures(samples)) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return {
    counted: samples.length - warmup.length,
    failed: failures(samples).length,
    warmup: warmup.length,
    warmupFailed: warmup.filter(({ outcome }) => outcome !== 'reached').length,
    outcomes,
  };
}

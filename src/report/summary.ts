import type { Digest } from '../core/digest.js';
import type { CpuRefused } from '../measure/cpu-model.js';
import type { HostRecord } from '../measure/host.js';
import type { BootMethod } from '../measure/boot-plan.js';
import { failures } from '../measure/measurement.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import { methodsApart, phaseDurations, type MethodsApart, type PhaseDuration } from '../measure/phases.js';
import type { ProbeRecord } from '../measure/probe.js';
import { series, type Sample } from '../measure/samples.js';
import { medianInterval, type Interval } from '../measure/statistics/bootstrap.js';
import { statistics, type Statistics } from '../measure/statistics/describe.js';
import { outliers } from '../measure/statistics/outliers.js';
import type { Outcome } from '../measure/verdict.js';
import type { Recipe } from '../recipe/schema.js';
import { warningsOf } from './find-warnings.js';
import type { Warning } from './warnings.js';

/** `summary.json`: what a measurement came to. Every duration in it is in nanoseconds. */
export interface Summary {
  readonly schemaVersion: 2;
  readonly unit: 'ns';
  readonly recipe: { readonly name: string; readonly description: string };
  readonly machine: MachineSummary;
  /** By tracing where that was done, else of boots that end at one point. */
  readonly points: readonly PointSummary[];
  readonly phases: readonly PhaseDuration[];
  /** The same by the other method, where both were done. */
  readonly other?: MethodFigures;
  /** How far the two methods are apart, where both were done. */
  readonly apart?: readonly MethodsApart[];
  /** What stands against the figures, the gravest first. */
  readonly warnings: readonly Warning[];
  readonly boots: BootCounts;
  readonly measured: MeasuredSummary;
  readonly host: HostRecord;
  /** `hypervisor`, `firmware`, `kernel`, `stopwatch` -> SHA-256 of the bytes that were run. */
  readonly inputs: Readonly<Record<string, Digest>>;
}

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

/** What a second method came to. */
export interface MethodFigures {
  readonly method: BootMethod;
  /** Boots that count and came through. */
  readonly boots: number;
  readonly points: readonly PointSummary[];
  readonly phases: readonly PhaseDuration[];
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
  /** How those that failed came out, warm-up boots among them. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
}

/** How and when it was measured. */
export interface MeasuredSummary {
  readonly method: MeasurementRecord['method'];
  readonly fingerprint: Digest;
  readonly seed: number;
  readonly firstBootAt: string;
  readonly lastBootAt: string;
  readonly sessions: number;
  readonly scheduling: MeasurementRecord['scheduling'];
}

/** What a recipe gives to its summary: names and labels. */
export type SummaryRecipe = Pick<Recipe, 'name' | 'description' | 'points' | 'phases'>;

/** Works out the summary of a finished measurement. The same samples give the same summary. */
export function summarise(recipe: SummaryRecipe, record: MeasurementRecord, samples: readonly Sample[]): Summary {
  const { method, plan } = record;
  const boots = bootCounts(samples);
  const { points, phases } = figures(recipe, samples, { method: mainMethod(method), seed: plan.seed });
  return {
    schemaVersion: 2,
    unit: 'ns',
    recipe: { name: recipe.name, description: recipe.description },
    machine: machineSummary(record),
    points,
    phases,
    ...(method === 'both' ? otherMethod(recipe, samples, plan.seed) : {}),
    warnings: warningsOf({ record, samples, points, boots }),
    boots,
    measured: measuredSummary(record),
    host: record.host,
    inputs: record.inputs,
  };
}

/** The method that the figures of a measurement are from: of both, tracing. */
export function mainMethod(method: MeasurementRecord['method']): BootMethod {
  return method === 'exit' ? 'exit' : 'trace';
}

function otherMethod(
  recipe: SummaryRecipe,
  samples: readonly Sample[],
  seed: number,
): Required<Pick<Summary, 'other' | 'apart'>> {
  const boots = samples.filter(({ method, warmup, outcome }) => method === 'exit' && !warmup && outcome === 'reached');
  return {
    other: { method: 'exit', boots: boots.length, ...figures(recipe, samples, { method: 'exit', seed }) },
    apart: methodsApart(recipe.phases, { samples, seed }),
  };
}

interface FigureRequest {
  readonly method: BootMethod;
  readonly seed: number;
}

function figures(
  { points, phases }: SummaryRecipe,
  samples: readonly Sample[],
  { method, seed }: FigureRequest,
): Pick<Summary, 'points' | 'phases'> {
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

function machineSummary(record: MeasurementRecord): MachineSummary {
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

function measuredSummary({
  method,
  fingerprint,
  plan,
  firstBootAt,
  lastBootAt,
  sessions,
  scheduling,
}: MeasurementRecord): MeasuredSummary {
  return { method, fingerprint, seed: plan.seed, firstBootAt, lastBootAt, sessions, scheduling };
}

function bootCounts(samples: readonly Sample[]): BootCounts {
  const warmup = samples.filter((sample) => sample.warmup);
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of samples.filter((sample) => sample.outcome !== 'reached')) {
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

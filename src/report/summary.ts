import type { Digest } from '../core/digest.js';
import type { CpuRefused } from '../measure/cpu-model.js';
import type { HostRecord } from '../measure/host.js';
import { failures } from '../measure/measurement.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import { phaseDurations, type PhaseDuration } from '../measure/phases.js';
import type { ProbeRecord } from '../measure/probe.js';
import { series, type Sample } from '../measure/samples.js';
import { statistics, type Statistics } from '../measure/statistics.js';
import type { Outcome } from '../measure/verdict.js';
import type { Recipe } from '../recipe/schema.js';

/** `summary.json`: what a measurement came to. Every duration in it is in nanoseconds. */
export interface Summary {
  readonly schemaVersion: 1;
  readonly unit: 'ns';
  readonly recipe: { readonly name: string; readonly description: string };
  readonly machine: MachineSummary;
  readonly points: readonly PointSummary[];
  readonly phases: readonly PhaseDuration[];
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
}

/** One exit point. */
export interface PointSummary {
  readonly name: string;
  readonly label?: string;
  readonly port: number;
  readonly value: number;
  /** Missing where no boot reached it. */
  readonly statistics?: Statistics;
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
}

/** What a recipe gives to its summary: names and labels. */
export type SummaryRecipe = Pick<Recipe, 'name' | 'description' | 'points' | 'phases'>;

/** Works out the summary of a finished measurement. */
export function summarise(recipe: SummaryRecipe, record: MeasurementRecord, samples: readonly Sample[]): Summary {
  const points = recipe.points.map((point) => pointSummary(point, samples));
  const medians = Object.fromEntries(
    points.flatMap(({ name, statistics: figures }) => (figures === undefined ? [] : [[name, figures.median] as const])),
  );
  return {
    schemaVersion: 1,
    unit: 'ns',
    recipe: { name: recipe.name, description: recipe.description },
    machine: machineSummary(record),
    points,
    phases: phaseDurations(recipe.phases, medians),
    boots: bootCounts(samples),
    measured: measuredSummary(record),
    host: record.host,
    inputs: record.inputs,
  };
}

function pointSummary(
  { name, label, port, value }: Recipe['points'][number],
  samples: readonly Sample[],
): PointSummary {
  const figures = statistics(series(samples, name));
  return {
    name,
    ...(label === undefined ? {} : { label }),
    port,
    value,
    ...(figures === undefined ? {} : { statistics: figures }),
    failed: failures(samples).filter((sample) => sample.point === name).length,
  };
}

function machineSummary({ probe, memoryMib, processors }: MeasurementRecord): MachineSummary {
  const { accelerator, reason, machine, cpu, cpuRefused } = probe;
  return {
    accelerator,
    reason,
    type: machine,
    ...(cpu === undefined ? {} : { cpu }),
    ...(cpuRefused === undefined ? {} : { cpuRefused }),
    memoryMib,
    processors,
  };
}

function measuredSummary({
  method,
  fingerprint,
  plan,
  firstBootAt,
  lastBootAt,
  sessions,
}: MeasurementRecord): MeasuredSummary {
  return { method, fingerprint, seed: plan.seed, firstBootAt, lastBootAt, sessions };
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

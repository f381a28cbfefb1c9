import type { Digest } from '../core/digest.js';
import type { BootMethod } from '../measure/boot-plan.js';
import type { HostRecord } from '../measure/host.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import { methodsApart, type MethodsApart } from '../measure/phases.js';
import type { Sample } from '../measure/samples.js';
import type { TunedRecord } from '../measure/tuned-record.js';
import { baseSamples, cellSummaries, type CellSummary } from './cell-summary.js';
import {
  bootCounts,
  figuresOf,
  machineSummary,
  mainMethod,
  type BootCounts,
  type Figures,
  type MachineSummary,
  type SummaryRecipe,
} from './figures.js';
import { warningsOf } from './find-warnings.js';
import type { Warning } from './warnings.js';

export type { BootCounts, MachineSummary, PointStatistics, PointSummary, SummaryRecipe } from './figures.js';
export { mainMethod } from './figures.js';

/**
 * `summary.json`: what a measurement came to. Every duration in it is in nanoseconds. Of a recipe with a matrix it is
 * about the base cell, but for `cells`.
 */
export interface Summary extends Figures {
  readonly schemaVersion: 2;
  readonly unit: 'ns';
  readonly recipe: { readonly name: string; readonly description: string };
  readonly machine: MachineSummary;
  /** The points and phases by the other method, where both were done. */
  readonly other?: MethodFigures;
  /** How far the two methods are apart, where both were done. */
  readonly apart?: readonly MethodsApart[];
  /** What stands against the figures, the gravest first. */
  readonly warnings: readonly Warning[];
  readonly boots: BootCounts;
  /** Every machine of a matrix, the base first; missing where there is no matrix. */
  readonly cells?: readonly CellSummary[];
  /** Why it was over, where the recipe does not say how many boots to make. */
  readonly stopped?: NonNullable<MeasurementRecord['stopped']>;
  readonly measured: MeasuredSummary;
  readonly host: HostRecord;
  /** `hypervisor`, `firmware`, `kernel`, `stopwatch` -> SHA-256 of the bytes that were run. */
  readonly inputs: Readonly<Record<string, Digest>>;
}

/** What a second method came to. */
export interface MethodFigures extends Figures {
  readonly method: BootMethod;
  /** Boots that count and came through. */
  readonly boots: number;
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
  /** Missing where nothing was to be tuned. */
  readonly tuned?: TunedRecord;
}

/** Works out the summary of a finished measurement. The same samples give the same summary. */
export function summarise(recipe: SummaryRecipe, record: MeasurementRecord, all: readonly Sample[]): Summary {
  const { method, plan, stopped } = record;
  const samples = baseSamples(record, all);
  const boots = bootCounts(samples);
  const { points, phases } = figuresOf(recipe, samples, { method: mainMethod(method), seed: plan.seed });
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
    ...(record.cells === undefined ? {} : { cells: cellSummaries(recipe, { ...record, cells: record.cells }, all) }),
    ...(stopped === undefined ? {} : { stopped }),
    measured: measuredSummary(record),
    host: record.host,
    inputs: record.inputs,
  };
}

function otherMethod(
  recipe: SummaryRecipe,
  samples: readonly Sample[],
  seed: number,
): Required<Pick<Summary, 'other' | 'apart'>> {
  const boots = samples.filter(({ method, warmup, outcome }) => method === 'exit' && !warmup && outcome === 'reached');
  return {
    other: { method: 'exit', boots: boots.length, ...figuresOf(recipe, samples, { method: 'exit', seed }) },
    apart: methodsApart(recipe.phases, { samples, seed }),
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
  tuned,
}: MeasurementRecord): MeasuredSummary {
  return {
    method,
    fingerprint,
    seed: plan.seed,
    firstBootAt,
    lastBootAt,
    sessions,
    scheduling,
    ...(tuned && { tuned }),
  };
}

import { compareArms, TOTAL, type ComparedRow } from '../measure/comparison/compare.js';
import type { Arm } from '../measure/comparison/arm.js';
import type { CellRecord, MeasurementRecord } from '../measure/measurement-record.js';
import type { Sample } from '../measure/samples.js';
import type { CellValues } from '../recipe/cells.js';
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

/** What the boots of one machine of a matrix came to. Durations in nanoseconds. */
export interface CellSummary extends Figures {
  /** As in the samples: `memory=128 cpus=2`. */
  readonly name: string;
  /** What the matrix sets: `memory` in MiB, `cpus`, `type`, `append`. */
  readonly values: CellValues;
  readonly machine: MachineSummary;
  readonly method: MeasurementRecord['method'];
  readonly boots: BootCounts;
  /** What stands against its figures, the gravest first. */
  readonly warnings: readonly Warning[];
  /** By how much it is above the base: each phase, then the whole boot. Missing of the base itself. */
  readonly against?: readonly CellShift[];
}

/**
 * A phase of a cell, or the whole boot (`point`, named `total`), held against the base. Of one phase, the intervals of
 * all cells hold together with 95 %.
 */
export type CellShift = Pick<
  ComparedRow,
  'kind' | 'name' | 'in' | 'shift' | 'interval' | 'percent' | 'estimator' | 'p' | 'enough' | 'verdict'
>;

/** Those of the base cell; all where there is no matrix. */
export function baseSamples(
  { cells = [] }: { readonly cells?: readonly { readonly name: string }[] },
  all: readonly Sample[],
): Sample[] {
  const [base] = cells;
  return all.filter(({ cell }) => base === undefined || cell === base.name);
}

type MatrixRecord = MeasurementRecord & Required<Pick<MeasurementRecord, 'cells'>>;

/** One of several machines: what was measured of it, and what its recipe names. */
export interface HeldSide {
  readonly recipe: SummaryRecipe;
  readonly method: MeasurementRecord['method'];
  readonly samples: readonly Sample[];
}

/**
 * How a machine stands to the base that was booted in turn with it.
 * @param comparisons how many machines are held against that base
 */
export function shiftsAgainst(
  base: HeldSide,
  side: HeldSide,
  how: { readonly comparisons: number; readonly seed: number },
): CellShift[] {
  return shifts([armOf(base.recipe, base, base.samples), armOf(side.recipe, side, side.samples)], how);
}

/** The figures of every machine of a matrix, the base first. */
export function cellSummaries(recipe: SummaryRecipe, record: MatrixRecord, all: readonly Sample[]): CellSummary[] {
  const samplesOf = ({ name }: CellRecord): Sample[] => all.filter(({ cell }) => cell === name);
  const [base] = record.cells;
  const how = { comparisons: record.cells.length - 1, seed: record.plan.seed };
  const baseArm = base === undefined ? undefined : armOf(recipe, base, samplesOf(base));
  return record.cells.map((cell) => {
    const samples = samplesOf(cell);
    const summary = cellSummary(recipe, { record, cell }, samples);
    return cell === base || baseArm === undefined
      ? summary
      : { ...summary, against: shifts([baseArm, armOf(recipe, cell, samples)], how) };
  });
}

function cellSummary(
  recipe: SummaryRecipe,
  { record, cell }: { readonly record: MeasurementRecord; readonly cell: CellRecord },
  samples: readonly Sample[],
): CellSummary {
  const { name, values, method, probe } = cell;
  const figures = figuresOf(recipe, samples, { method: mainMethod(method), seed: record.plan.seed });
  const boots = bootCounts(samples);
  const { points } = figures;
  return {
    name,
    values,
    machine: machineSummary({ ...cell, arguments: record.arguments }),
    method,
    ...figures,
    boots,
    warnings: warningsOf({ record: { ...record, method, probe }, samples, points, boots }).filter(isOfBoots),
  };
}

/** Of the boots themselves; what stands against the host is the same for all cells, and is told once. */
function isOfBoots(warning: Warning): boolean {
  return 'point' in warning || warning.kind === 'failed-boots' || warning.kind === 'failed-warmup';
}

function armOf(
  { points, phases }: SummaryRecipe,
  { method }: Pick<CellRecord, 'method'>,
  samples: readonly Sample[],
): Arm {
  // A label of undefined is none.
  return {
    method: mainMethod(method),
    points: points.map(({ name }) => ({ name })),
    phases: phases.map(bare),
    samples,
  };
}

function bare({ name, from, to, in: whole }: SummaryRecipe['phases'][number]): Arm['phases'][number] {
  return { name, to, ...(from === undefined ? {} : { from }), ...(whole === undefined ? {} : { in: whole }) };
}

/** As in a comparison of two recipes, unless that is told otherwise. */
const THRESHOLD = { value: 1, unit: '%' } as const;

/**
 * All machines are held against the same base: a base that is off by chance would make a difference of each. So the
 * intervals of a phase hold for all machines together with 95 %, and p is what it is among so many (Bonferroni).
 */
function shifts(
  [base, cell]: readonly [Arm, Arm],
  { comparisons, seed }: { readonly comparisons: number; readonly seed: number },
): CellShift[] {
  const how = { threshold: THRESHOLD, seed, confidence: 1 - 0.05 / comparisons };
  const { rows, total } = compareArms(base, cell, how);
  const shown = rows.filter(({ kind, name }) => kind === 'phase' || name === total);
  return shown.map(({ a: _a, b: _b, label: _label, p, ...shift }) => ({
    ...shift,
    ...(p === undefined ? {} : { p: Math.min(1, p * comparisons) }),
    ...(shift.kind === 'point' ? { name: TOTAL } : {}),
  }));
}

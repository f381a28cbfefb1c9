import { calibratedRows, type CalibratedRow } from '../measure/calibration.js';
import type { BootMethod } from '../measure/boot-plan.js';
import type { MeasurementRecord } from '../measure/measurement-record.js';
import type { Sample } from '../measure/samples.js';
import { judgeFitness, type Fitness } from './calibration-fitness.js';
import { comparisonDocument, type Side } from './comparison.js';
import { mainMethod, summarise, type Summary, type SummaryRecipe } from './summary.js';
import type { Warning } from './warnings.js';

/** `calibration.json`: what a machine shows of one VM that is compared with itself. Durations in nanoseconds, shares from 0 to 1. */
export interface CalibrationDocument extends Pick<Summary, 'recipe' | 'machine' | 'host' | 'inputs'> {
  readonly schemaVersion: 1;
  readonly unit: 'ns';
  /** The recipe as it was called for: its name, or the path of its file. */
  readonly calledAs: string;
  /** What was set of it, as `key=value`, and what was taken instead of its sources, as `component=path`. */
  readonly set: readonly string[];
  readonly with: readonly string[];
  readonly method: BootMethod;
  /** Boots of each side that count, for each kind of boot. */
  readonly bootsASide: number;
  readonly measured: Summary['measured'];
  readonly seconds: CalibrationSeconds;
  /** The whole boot first, then the phases. */
  readonly rows: readonly CalibratedRow[];
  /** What a run on this machine would warn of, by the boots of both sides together. */
  readonly warnings: readonly Warning[];
  readonly fitness: Fitness;
}

/** How long booting takes here. */
export interface CalibrationSeconds {
  /** From the end of one boot to that of the next. */
  readonly aBoot: number;
  /** Of a comparison, for each boot that a side gets: with one point a boot, there are as many of them as points. */
  readonly aBootOfASide: number;
}

/** An A/A run: both sides, and the boots of both as those of one measurement. */
export interface CalibrationEvidence extends Pick<CalibrationDocument, 'set' | 'with'> {
  readonly recipe: SummaryRecipe;
  readonly a: Side;
  readonly b: Side;
  /** Of either side. */
  readonly record: MeasurementRecord;
  /** In the order of booting. */
  readonly samples: readonly Sample[];
}

/** Differences up to this one are of no practical worth unless a user says another. */
const THRESHOLD = { value: 1, unit: '%' } as const;

/** Works out a calibration. The same samples give the same one. */
export function calibrationDocument(evidence: CalibrationEvidence): CalibrationDocument {
  const { recipe, a, b, record, samples } = evidence;
  const together = summarise(recipe, record, samples);
  const method = mainMethod(record.method);
  const { seed } = record.plan;
  const comparison = comparisonDocument(a, b, { threshold: THRESHOLD, gates: [], interleaved: true });
  const both = { method, points: together.points, phases: together.phases, samples };
  const rows = calibratedRows(comparison, both, seed);
  const bootsASide = Math.min(...comparison.rows.map((row) => Math.min(row.a.n, row.b.n)), record.plan.boots);
  const seconds = secondsOf(samples, record.plan.boots);
  // How many boots it takes is what a calibration says, and more closely.
  const warnings = together.warnings.filter(({ kind }) => kind !== 'few-boots');
  return {
    schemaVersion: 1,
    unit: 'ns',
    recipe: together.recipe,
    ...{ calledAs: a.name, set: evidence.set, with: evidence.with },
    machine: together.machine,
    method,
    bootsASide,
    measured: together.measured,
    seconds,
    rows,
    warnings,
    fitness: judgeFitness(rows, warnings),
    host: together.host,
    inputs: together.inputs,
  };
}

/** A pause in which nothing was booted, because a run was killed and gone on with, does not count. */
function secondsOf(samples: readonly Sample[], bootsASide: number): CalibrationSeconds {
  let [milliseconds, gaps] = [0, 0];
  samples.forEach(({ at, session }, index) => {
    const before = samples[index - 1];
    if (before?.session === session) {
      milliseconds += Date.parse(at) - Date.parse(before.at);
      gaps += 1;
    }
  });
  const aBoot = gaps === 0 ? 0 : milliseconds / 1000 / gaps;
  const counting = samples.filter(({ warmup }) => !warmup).length;
  return { aBoot, aBootOfASide: (aBoot * counting) / bootsASide };
}

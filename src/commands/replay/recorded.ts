import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { unknownTarget } from '../../measure/comparison/gate.js';
import type { Recipe } from '../../recipe/schema.js';
import { commonNames } from '../../report/comparison.js';
import { runsCommands } from '../../report/comparison-reproduce.js';
import { attempt, copyFile } from '../../system/files.js';
import { comparisonCall } from '../compare/call.js';
import type { NamedRun } from '../compare/named.js';
import { readRun } from '../compare/read-run.js';
import { holdRuns } from '../compare/runs.js';
import { writeComparison } from '../compare/show.js';
import type { CompareWish, WishOptions } from '../compare/wish.js';
import type { ComparisonDocument } from '../../report/comparison.js';

const MEASUREMENT = 'measurement';
/** What a comparison reads of a measurement. */
const READ = ['summary.json', 'samples.ndjson', 'measurement.json'];
/** Folder in the run's, so that the two can be compared again without the bundle. */
const RECORDED = 'recorded';

/** Whether a bundle has figures. */
export function hasFigures(folder: string): boolean {
  return existsSync(join(folder, MEASUREMENT, 'summary.json'));
}

/**
 * Makes sure, before anything is booted, that the recorded figures can be compared with and that every gate is about
 * something that they have. Fails with `usage` for gates where there are no figures.
 */
export function checkComparable(folder: string, recipe: Recipe, { gates }: CompareWish): Result<void, Failure> {
  if (!hasFigures(folder)) {
    const message = '--fail-if needs figures to compare with, and the bundle has none';
    const hint = 'it was made with --no-samples: leave --fail-if away';
    return gates.length === 0 ? success(undefined) : failed({ reason: 'usage', message, hint });
  }
  const recorded = readRun(recordedIn(join(folder, MEASUREMENT), 'the bundle'));
  if (!recorded.ok) {
    return recorded;
  }
  const unknown = unknownTarget(gates, commonNames(recorded.value.summary, recipe));
  return unknown === undefined ? success(undefined) : failed(unknown);
}

function recordedIn(folder: string, name: string): NamedRun {
  return { kind: 'run', name, summaryFile: join(folder, 'summary.json') };
}

/** A replay that has been measured. */
export interface Replayed {
  /** The unpacked bundle. */
  readonly bundle: string;
  /** Name of the bundle, for the report. */
  readonly name: string;
  /** The run's folder. */
  readonly run: string;
  readonly wish: CompareWish;
  readonly options: WishOptions;
}

/** Compares a replay with the recorded figures, whatever differs, and writes the comparison into the run's folder. */
export async function compareWithRecorded(replayed: Replayed): Promise<Result<ComparisonDocument, Failure>> {
  const { bundle, name, run, wish, options } = replayed;
  const kept = join(run, RECORDED);
  const copied = attempt(kept, () => {
    mkdirSync(kept, { recursive: true });
    READ.forEach((file) => copyFile(join(bundle, MEASUREMENT, file), join(kept, file)));
  });
  if (!copied.ok) {
    return copied;
  }
  const a = recordedIn(kept, name);
  const b: NamedRun = { kind: 'run', name: 'this machine', summaryFile: join(run, 'summary.json') };
  const held = holdRuns({ a, b, wish, different: 'allow' });
  if (!held.ok) {
    return held;
  }
  const { document, sides } = held.value;
  const call = comparisonCall({ a: kept, b: run }, { ...NOTHING_SET, ...options, allowDifferent: true });
  const written = await writeComparison({ document, sides, commands: runsCommands(call, sides) }, run);
  return written.ok ? success(document) : written;
}

const NOTHING_SET = { set: [], setA: [], setB: [], with: [], withA: [], withB: [], wait: true } as const;

import { basename, dirname, join } from 'node:path';
import type { RunUnfit } from '../../core/failures/compare.js';
import { failed, success, type Result } from '../../core/result.js';
import type { StepEnd } from '../../core/event.js';
import type { MeasurementRecord } from '../../measure/measurement-record.js';
import { parseSamples, type Sample } from '../../measure/samples.js';
import { baseSamples } from '../../report/cell-summary.js';
import type { Side } from '../../report/comparison.js';
import { readSummary } from '../../report/read-summary.js';
import type { Summary } from '../../report/summary.js';
import { attempt, readJsonIfThere, readTextIfThere, type FileFailure } from '../../system/files.js';
import type { NamedRun } from './named.js';

/** Reads a finished measurement; its samples lie beside its summary. Fails with `run-unfit` where a file is missing or not as it has to be. */
export function readRun({ name, summaryFile }: NamedRun): Result<Side, RunUnfit | FileFailure> {
  const samplesFile = join(dirname(summaryFile), 'samples.ndjson');
  const summary = readText(summaryFile);
  const samples = readText(samplesFile);
  if (!summary.ok) {
    return summary;
  }
  if (!samples.ok) {
    return samples;
  }
  const parsed = readSummary(summary.value);
  if (typeof parsed === 'string') {
    return failed({ reason: 'run-unfit', path: summaryFile, detail: parsed });
  }
  const known = knownBeside(dirname(summaryFile));
  return success({ name, samplesFile, ...baseOf(parsed, parseSamples(samples.value)), ...known });
}

/** What the other files of a run tell, where they are there: a comparison is whole without. */
function knownBeside(folder: string): Pick<Side, 'timeout' | 'fingerprints'> {
  const { timeout } = documentIfThere(join(folder, 'measurement.json')) as Partial<MeasurementRecord>;
  const { steps } = documentIfThere(join(folder, 'run.json')) as { readonly steps?: readonly StepEnd[] };
  const fingerprints = steps?.map(({ step, fingerprint = 'not known' }) => [step, fingerprint] as const);
  return {
    ...(timeout === undefined ? {} : { timeout }),
    ...(fingerprints === undefined ? {} : { fingerprints: Object.fromEntries(fingerprints) }),
  };
}

/** A JSON file's content; nothing where there is none, or it is not whole. */
function documentIfThere(path: string): object {
  const found = attempt(path, () => readJsonIfThere(path));
  return found.ok && typeof found.value === 'object' && found.value !== null ? found.value : {};
}

/** Of a matrix, the base is compared: its figures are those of the summary. */
function baseOf({ cells, ...summary }: Summary, samples: readonly Sample[]): Pick<Side, 'summary' | 'samples'> {
  return { summary, samples: baseSamples(cells === undefined ? {} : { cells }, samples) };
}

function readText(path: string): Result<string, RunUnfit | FileFailure> {
  const text = attempt(path, () => readTextIfThere(path));
  if (!text.ok) {
    return text;
  }
  return text.value === undefined
    ? failed({ reason: 'run-unfit', path, detail: `there is no ${basename(path)}` })
    : success(text.value);
}

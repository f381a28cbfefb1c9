import { basename, dirname, join } from 'node:path';
import type { RunUnfit } from '../../core/failures/compare.js';
import { failed, success, type Result } from '../../core/result.js';
import { parseSamples } from '../../measure/samples.js';
import type { Side } from '../../report/comparison.js';
import type { Summary } from '../../report/summary.js';
import { attempt, readTextIfThere, type FileFailure } from '../../system/files.js';
import type { NamedRun } from './named.js';

/** The version of `summary.json` that can be compared. */
const SCHEMA_VERSION: Summary['schemaVersion'] = 2;

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
  const parsed = parseSummary(summary.value);
  if (typeof parsed === 'string') {
    return failed({ reason: 'run-unfit', path: summaryFile, detail: parsed });
  }
  return success({ name, samplesFile, summary: parsed, samples: parseSamples(samples.value) });
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

/** The summary, or what is wrong with it. */
function parseSummary(text: string): Summary | string {
  let document: { readonly schemaVersion?: unknown; readonly unit?: unknown } | null;
  try {
    document = JSON.parse(text) as typeof document;
  } catch {
    return 'it is no JSON';
  }
  if (document?.unit !== 'ns' || typeof document.schemaVersion !== 'number') {
    return 'it is no summary that bootlap wrote';
  }
  return document.schemaVersion === SCHEMA_VERSION
    ? (document as Summary)
    : `it is of version ${document.schemaVersion}, and this bootlap compares version ${SCHEMA_VERSION}`;
}

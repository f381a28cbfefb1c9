import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../core/result.js';
import type { PastRun, UnfitRun } from '../../report/history/sort-out.js';
import { readSummary } from '../../report/read-summary.js';
import { attempt, type FileFailure } from '../../system/files.js';

/** What the runs of a workspace have measured. */
export interface FoundRuns {
  /** In order of their ids, which is that of their starts. */
  readonly runs: readonly PastRun[];
  readonly unfit: readonly UnfitRun[];
}

const SUMMARY = 'summary.json';

/**
 * Reads the summary of every run. One that ended before it had measured has none, and neither has a comparison: its
 * two sides, which were booted by turns with each other, are no runs.
 */
export function readRuns(folder: string): Result<FoundRuns, FileFailure> {
  return attempt(folder, () => {
    const found = idsIn(folder).map((id) => ({
      id,
      read: readSummary(readFileSync(join(folder, id, SUMMARY), 'utf8')),
    }));
    return {
      runs: found.flatMap(({ id, read }) => (typeof read === 'string' ? [] : [{ id, summary: read }])),
      unfit: found.flatMap(({ id, read }) => (typeof read === 'string' ? [{ id, detail: read }] : [])),
    };
  });
}

function idsIn(folder: string): string[] {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, SUMMARY)))
    .map(({ name }) => name)
    .sort();
}

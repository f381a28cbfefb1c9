import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunNotFound } from '../../core/failures/compare.js';
import { nearest } from '../../core/nearest.js';
import { failed, success, type Result } from '../../core/result.js';
import { isRecipePath, shippedRecipes } from '../../recipe/find.js';
import { attempt, type FileFailure } from '../../system/files.js';

/** What one of the two words of `bootlap compare` names. */
export type Named = NamedRun | NamedRecipe;

/** A finished measurement. */
export interface NamedRun {
  readonly kind: 'run';
  /** As it is told: an id, or the path that was given. */
  readonly name: string;
  /** Absolute; it is there. */
  readonly summaryFile: string;
}

/** A recipe that ships, or a recipe's file. */
export interface NamedRecipe {
  readonly kind: 'recipe';
  readonly nameOrFile: string;
}

/** Where names are looked up. */
export interface NamePlaces {
  /** The workspace's `runs`, absolute. It need not be there. */
  readonly runs: string;
  /** Folder that relative paths start from, absolute. */
  readonly workingFolder: string;
}

/** Stands for the newest run that has figures. */
const LATEST = 'latest';
const SUMMARY = 'summary.json';
/** Runs that a complaint names. */
const SHOWN_RUNS = 5;

/**
 * What a word stands for: `latest`, the id of a run, the name of a recipe that ships, the path of a recipe's file, of a
 * `summary.json` or of the folder that has one. Fails with `run-not-found`.
 */
export function whatIsNamed(word: string, places: NamePlaces): Result<Named, RunNotFound | FileFailure> {
  const listed = attempt(places.runs, () => finishedRuns(places.runs));
  if (!listed.ok) {
    return listed;
  }
  const runs = listed.value;
  const [newest] = runs;
  if (word === LATEST && newest !== undefined) {
    return success(runNamed(newest, places));
  }
  if (runs.includes(word)) {
    return success(runNamed(word, places));
  }
  if (/\.ya?ml$/.test(word) || (!isRecipePath(word) && shippedRecipes().includes(word))) {
    return success({ kind: 'recipe', nameOrFile: word });
  }
  const summaryFile = summaryAt(word, places);
  return summaryFile === undefined
    ? failed(notFound(word, places, runs))
    : success({ kind: 'run', name: word, summaryFile });
}

/** A path of the user's, or one below the runs: `20260102T030405Z-compare-ab12/a`. */
function summaryAt(word: string, { workingFolder, runs }: NamePlaces): string | undefined {
  return [workingFolder, runs]
    .map((folder) => resolve(folder, word))
    .map((path) => (word.endsWith('.json') ? path : join(path, SUMMARY)))
    .find((path) => existsSync(path));
}

function runNamed(id: string, { runs }: NamePlaces): Named {
  return { kind: 'run', name: id, summaryFile: join(runs, id, SUMMARY) };
}

/** Ids of the runs that have figures, the newest first. */
function finishedRuns(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return names
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, SUMMARY)))
    .map(({ name }) => name)
    .sort()
    .reverse();
}

function notFound(wanted: string, { runs: folder }: NamePlaces, runs: readonly string[]): RunNotFound {
  const near = nearest(wanted, [...runs, ...shippedRecipes(), ...(runs.length === 0 ? [] : [LATEST])]);
  return {
    reason: 'run-not-found',
    wanted,
    folder,
    known: runs.slice(0, SHOWN_RUNS),
    ...(near === undefined ? {} : { nearest: near }),
  };
}

import { appendFileSync, copyFileSync, existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RunEvent } from '../core/event.js';
import { uniqueSuffix, writeFileAtomically } from '../system/files.js';
import type { Evaluation } from './evaluate.js';
import { stepFileName, type Workspace } from './workspace.js';

/** The record of one invocation, `workspace/runs/<id>/`. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
}

/**
 * By which name the newest of its kind is found among the runs: `latest` is a recipe's run, `latest-compare` a
 * comparison. `none`: a run that is but a part of something, as the builds of a comparison are.
 */
export type RunLink = 'latest' | 'latest-compare' | 'none';

/** Makes the folder of a new run, with room for its logs. */
export function makeRunFolder(workspace: Workspace, recipe: string, link: RunLink): RunFolder {
  const run = makeRecordFolder(workspace, recipe, link);
  mkdirSync(join(run.path, 'logs'));
  return run;
}

/** Makes a folder among the runs and points its link at it. Ids sort by the time of their start (UTC). */
export function makeRecordFolder(workspace: Workspace, name: string, link: RunLink): RunFolder {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const id = `${time}-${name}-${randomBytes(2).toString('hex')}`;
  const path = join(workspace.runs, id);
  mkdirSync(path, { recursive: true });
  if (link !== 'none') {
    pointTo(id, workspace.runs, link);
  }
  return { id, path };
}

function pointTo(run: string, runs: string, link: RunLink): void {
  const made = join(runs, `.${link}.${uniqueSuffix()}`);
  symlinkSync(run, made);
  renameSync(made, join(runs, link));
}

/** Where a step's log of this run goes. */
export function logPath(run: RunFolder, step: string): string {
  return join(run.path, 'logs', `${stepFileName(step)}.log`);
}

/** Writes `plan.json`: how each step stood when the run began. */
export function writePlan(run: RunFolder, evaluations: Iterable<Evaluation>): void {
  const plan = [...evaluations].map(({ step, state, because, fingerprint }) => ({
    step: step.name,
    title: step.title,
    state,
    because,
    ...(fingerprint === undefined ? {} : { fingerprint }),
  }));
  writeJson(run, 'plan.json', plan);
}

const UNRECORDED: ReadonlySet<RunEvent['event']> = new Set(['progress', 'sending', 'line']);

/** Adds an event to `events.ndjson`; the many small ones (progress, sending, lines) are left to the logs. */
export function recordEvent(run: RunFolder, event: RunEvent): void {
  if (!UNRECORDED.has(event.event)) {
    appendFileSync(join(run.path, 'events.ndjson'), `${JSON.stringify(event)}\n`);
  }
}

/** Copies a result into the run's folder, unless the step has put it there itself while it ran. */
export function keepResult(run: RunFolder, from: string, name: string): void {
  const to = join(run.path, name);
  if (existsSync(from) && !existsSync(to)) {
    copyFileSync(from, to);
  }
}

/** Writes a JSON file of the run, for people's eyes too. */
export function writeJson(run: RunFolder, name: string, value: unknown): void {
  writeFileAtomically(join(run.path, name), `${JSON.stringify(value, undefined, 2)}\n`);
}

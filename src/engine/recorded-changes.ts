import { join } from 'node:path';
import { isDigest, type Digest } from '../core/digest.js';
import type { StepName } from '../core/step.js';
import { readTextIfThere } from '../system/files.js';
import { changesBetween, type Change } from './explain.js';
import { objectPath } from './outputs.js';
import { readRecord, type StepRecord } from './record.js';
import type { Workspace } from './workspace.js';

/** What a step read otherwise in one run than in another. */
export interface StepChanges {
  readonly step: StepName;
  readonly changes: readonly Change[];
  /** What it made then and now: `output/path of a file in it` -> SHA-256. */
  readonly before: Made;
  readonly now: Made;
}

/** Files of a step's outputs. */
export type Made = Readonly<Record<string, Digest>>;

/**
 * Which steps of two runs read something else, and what, input by input: as far as both are still in the cache. Of runs
 * that left no record of themselves, nothing. Throws system errors.
 */
export function recordedChanges(workspace: Workspace, before: string, now: string): StepChanges[] {
  const [ours, theirs] = [fingerprintsOf(workspace, before), fingerprintsOf(workspace, now)];
  return [...theirs].flatMap(([step, fingerprint]) => {
    const earlier = ours.get(step);
    return earlier === undefined || earlier === fingerprint ? [] : between(workspace, earlier, fingerprint);
  });
}

/** The text of an output that is a small file, by its digest; `undefined` where the cache has it no more. */
export function recordedText(workspace: Workspace, digest: string): string | undefined {
  return isDigest(digest) ? readTextIfThere(objectPath(workspace, digest)) : undefined;
}

function between(workspace: Workspace, before: Digest, now: Digest): StepChanges[] {
  const [ours, theirs] = [readRecord(workspace, before), readRecord(workspace, now)];
  if (typeof ours === 'string' || typeof theirs === 'string') {
    return [];
  }
  const changes = changesBetween(ours.inputs, theirs.inputs);
  return [{ step: theirs.step, changes, before: filesOf(ours), now: filesOf(theirs) }];
}

function filesOf({ outputs }: StepRecord): Made {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, { files }]) =>
      files.map(({ path, digest }) => [`${name}/${path}`, digest] as const),
    ),
  );
}

interface RunDocument {
  readonly steps?: readonly { readonly step: StepName; readonly fingerprint?: string }[];
}

function fingerprintsOf(workspace: Workspace, run: string): ReadonlyMap<StepName, Digest> {
  const text = readTextIfThere(join(workspace.runs, run, 'run.json'));
  const found = new Map<StepName, Digest>();
  for (const { step, fingerprint } of text === undefined ? [] : stepsIn(text)) {
    if (fingerprint !== undefined && isDigest(fingerprint)) {
      found.set(step, fingerprint);
    }
  }
  return found;
}

/** A file that a run did not write to its end says nothing. */
function stepsIn(text: string): NonNullable<RunDocument['steps']> {
  try {
    return (JSON.parse(text) as RunDocument | null)?.steps ?? [];
  } catch {
    return [];
  }
}

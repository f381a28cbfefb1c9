import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { Json } from '../core/json.js';
import type { Step } from '../core/step.js';
import { attempt, attemptAsync, freshFolder, remove } from '../system/files.js';
import { holds, type Evaluation } from './evaluate.js';
import type { Execution } from './execute.js';
import { objectsOf } from './inspect.js';
import { objectPath } from './outputs.js';
import { writeRecord, type StepRecord } from './record.js';
import { whyUnsound } from './sound-record.js';
import type { FoundResult, SharedKey } from './shared.js';
import type { Workspace } from './workspace.js';

/**
 * Brings a stale step's result from the shared cache into the workspace's own: objects first, the record last.
 * `undefined` where it is not to be had, whatever the reason.
 */
export async function takeShared(execution: Execution, evaluation: Evaluation): Promise<StepRecord | undefined> {
  const key = keyOf(evaluation);
  const { shared, offline, forced, session, signal } = execution;
  if (shared === undefined || key === undefined || offline || forced.has(key.step) || signal.aborted) {
    return undefined;
  }
  const found = await shared.find(key);
  const record = found === undefined ? undefined : soundRecord(found, evaluation.step, key.fingerprint);
  if (found === undefined || record === undefined) {
    return undefined;
  }
  const { workspace } = session;
  const brought = await attemptAsync(workspace.objects, () => bringAll(workspace, record, found));
  const isKept = brought.ok && brought.value && attempt(workspace.records, () => writeRecord(workspace, record)).ok;
  return isKept ? record : undefined;
}

/** The record that was found, where it is one of this step and says what else has settled. */
function soundRecord(found: FoundResult, step: Step, fingerprint: Digest): StepRecord | undefined {
  const unsound = whyUnsound(found.record, step, fingerprint);
  if (unsound !== undefined) {
    found.refuse(unsound);
    return undefined;
  }
  const record = found.record as unknown as StepRecord;
  return step.held === undefined || holds(step.held, record) ? record : undefined;
}

/** Offers what a step has made to others. */
export function offerShared({ shared, offline, session }: Execution, step: Step, record: StepRecord): void {
  const key = keyOf({ step, fingerprint: record.fingerprint });
  if (shared === undefined || key === undefined || offline) {
    return;
  }
  const objects = new Map(objectsOf(record).map((digest) => [digest, objectPath(session.workspace, digest)]));
  shared.offer({ ...key, record: record as unknown as Json, objects });
}

function keyOf({ step, fingerprint }: Pick<Evaluation, 'step' | 'fingerprint'>): SharedKey | undefined {
  const { name, sharedWith } = step;
  return sharedWith === undefined || fingerprint === undefined ? undefined : { step: name, fingerprint, sharedWith };
}

/** All objects that are not there yet; true where none is missing then. */
async function bringAll(workspace: Workspace, record: StepRecord, found: FoundResult): Promise<boolean> {
  const missing = [...new Set(objectsOf(record))].filter((digest) => !existsSync(objectPath(workspace, digest)));
  const folder = freshFolder(workspace.staging, 'share-');
  try {
    const brought = await Promise.all(missing.map((digest) => found.bring(digest, join(folder, digest))));
    if (!brought.every(Boolean)) {
      return false;
    }
    missing.forEach((digest) => keepObject(join(folder, digest), objectPath(workspace, digest)));
    return true;
  } finally {
    remove(folder);
  }
}

function keepObject(from: string, object: string): void {
  mkdirSync(dirname(object), { recursive: true });
  chmodSync(from, 0o444);
  renameSync(from, object);
}

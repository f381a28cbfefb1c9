import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { StepStatus } from '../core/event.js';
import type { Json } from '../core/json.js';
import type { Step } from '../core/step.js';
import { attempt, attemptAsync, freshFolder, remove } from '../system/files.js';
import { holds, type Evaluation } from './evaluate.js';
import type { Execution } from './execute.js';
import { objectsOf } from './inspect.js';
import { objectPath } from './outputs.js';
import { readRecord, writeRecord, type StepRecord } from './record.js';
import { whyUnsound } from './sound-record.js';
import type { FoundResult, SharedKey, SharedResults } from './shared.js';
import type { Workspace } from './workspace.js';

/**
 * Brings a stale step's result from the shared cache into the workspace's own: objects first, the record last.
 * `undefined` where it is not to be had, whatever the reason.
 */
export async function takeShared(execution: Execution, evaluation: Evaluation): Promise<StepRecord | undefined> {
  const { shared, offline, forced, session, signal } = execution;
  if (shared === undefined || offline || forced.has(evaluation.step.name) || signal.aborted) {
    return undefined;
  }
  const there = await lookShared(shared, evaluation);
  if (there === undefined) {
    return undefined;
  }
  const { found, record } = there;
  const { workspace } = session;
  const brought = await attemptAsync(workspace.objects, () => bringAll(workspace, record, found));
  const isKept = brought.ok && brought.value && attempt(workspace.records, () => writeRecord(workspace, record)).ok;
  return isKept ? record : undefined;
}

/** A result that is there to be brought, and its record as it is to be kept. */
interface There {
  readonly found: FoundResult;
  readonly record: StepRecord;
}

/** Looks whether the shared cache has a step's result, and whether it can be used. Brings nothing but its record. */
export async function lookShared(
  shared: Pick<SharedResults, 'host' | 'find'>,
  { step, fingerprint }: Pick<Evaluation, 'step' | 'fingerprint'>,
): Promise<There | undefined> {
  const key = keyOf({ step, fingerprint });
  const found = key === undefined ? undefined : await shared.find(key);
  if (key === undefined || found === undefined) {
    return undefined;
  }
  const unsound = whyUnsound(found.record, step, key.fingerprint);
  if (unsound !== undefined) {
    found.refuse(unsound);
    return undefined;
  }
  const record = { ...(found.record as unknown as StepRecord), from: shared.host };
  // What else has settled comes first.
  return step.held === undefined || holds(step.held, record) ? { found, record } : undefined;
}

/** Offers a step's result to others: what it has just made, or what was kept from an earlier run. */
export function offerShared(execution: Execution, step: Step, { record, status }: Offerable): void {
  const key = keyOf({ step, fingerprint: record.fingerprint });
  if (key !== undefined) {
    offer(execution, key, { record, since: status === 'ran' ? 'made' : 'kept' });
  }
}

interface Offerable {
  readonly record: StepRecord;
  readonly status: StepStatus;
}

/** Offers once more what earlier runs could not send. */
export function offerOwed(execution: Execution): void {
  const { shared, session, offline } = execution;
  for (const key of offline ? [] : (shared?.owed() ?? [])) {
    const record = readRecord(session.workspace, key.fingerprint);
    if (typeof record === 'string' || record.step !== key.step) {
      shared?.forget(key);
    } else {
      offer(execution, key, { record, since: 'kept' });
    }
  }
}

function offer(
  { shared, offline, session }: Execution,
  key: SharedKey,
  { record, since }: { record: StepRecord; since: 'made' | 'kept' },
): void {
  // Signing what somebody else has made would make it ours.
  const isOurs = record.from === undefined && record.holdsOthers !== true;
  if (shared === undefined || offline || (!isOurs && shared.takesAll !== true)) {
    return;
  }
  const objects = new Map(objectsOf(record).map((digest) => [digest, objectPath(session.workspace, digest)]));
  shared.offer({ ...key, record: record as unknown as Json, objects }, since);
}

function keyOf({ step, fingerprint }: { step: Step; fingerprint: Digest | undefined }): SharedKey | undefined {
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

import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDigest, type Digest } from '../core/digest.js';
import type { StepName } from '../core/step.js';
import { digestFile, remove } from '../system/files.js';
import { objectPath } from './outputs.js';
import { folderNames, listRecords, readRecord, removeRecord, type StepRecord } from './record.js';
import type { Workspace } from './workspace.js';

/** One result in the cache. */
export interface CacheEntry {
  readonly fingerprint: Digest;
  /** Missing where the record is damaged. */
  readonly step?: StepName;
  /** ISO 8601. */
  readonly madeAt?: string;
  readonly lastUsed: Date;
  /** Of its outputs and its log; shared ones count for each. */
  readonly bytes: number;
  readonly seconds?: number;
}

/** Every result in the cache, the most recently used first. Throws system errors. */
export function listCache(workspace: Workspace): CacheEntry[] {
  return listRecords(workspace)
    .map(({ fingerprint, lastUsed }) => cacheEntry(workspace, fingerprint, lastUsed))
    .sort((a, b) => b.lastUsed.getTime() - a.lastUsed.getTime());
}

function cacheEntry(workspace: Workspace, fingerprint: Digest, lastUsed: Date): CacheEntry {
  const record = readRecord(workspace, fingerprint);
  if (typeof record === 'string') {
    return { fingerprint, lastUsed, bytes: 0 };
  }
  const { step, madeAt, seconds } = record;
  const bytes = Object.values(record.outputs).reduce((sum, output) => sum + output.bytes, 0);
  return { fingerprint, step, madeAt, lastUsed, bytes, seconds };
}

/** What a check of the cache found. */
export interface CacheCheck {
  readonly records: number;
  readonly objects: number;
  readonly bytes: number;
  /** What was damaged, and is thrown away now. */
  readonly damaged: readonly { readonly kind: 'record' | 'object'; readonly name: string; readonly step?: StepName }[];
}

/**
 * Reads every byte in the cache and checks it against its digest. What is damaged or incomplete is thrown away:
 * the step that made it runs again when it is needed. Call with the workspace's lock held. Throws system errors.
 */
export function verifyCache(workspace: Workspace): CacheCheck {
  const objects = listObjects(workspace);
  const broken = new Set(objects.filter(({ digest, path }) => digestFile(path) !== digest).map(({ digest }) => digest));
  broken.forEach((digest) => remove(objectPath(workspace, digest)));
  const sound = new Set(objects.map(({ digest }) => digest).filter((digest) => !broken.has(digest)));
  const records = listRecords(workspace);
  const damaged = records.flatMap(({ fingerprint }) => checkRecord(workspace, fingerprint, sound));
  return {
    records: records.length,
    objects: objects.length,
    bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    damaged: [...[...broken].map((name) => ({ kind: 'object' as const, name })), ...damaged],
  };
}

function checkRecord(workspace: Workspace, fingerprint: Digest, sound: ReadonlySet<Digest>): CacheCheck['damaged'] {
  const record = readRecord(workspace, fingerprint);
  if (typeof record !== 'string' && objectsOf(record).every((digest) => sound.has(digest))) {
    return [];
  }
  removeRecord(workspace, fingerprint);
  return [{ kind: 'record', name: fingerprint, ...(typeof record === 'string' ? {} : { step: record.step }) }];
}

/** The objects that a record names. */
export function objectsOf(record: StepRecord): Digest[] {
  return [record.log, ...Object.values(record.outputs).flatMap((output) => output.files.map((file) => file.digest))];
}

/** Every object; half-written ones of a run that was killed are removed on the way. Throws system errors. */
export function listObjects(workspace: Workspace): { digest: Digest; path: string; bytes: number }[] {
  return folderNames(workspace.objects).flatMap((prefix) =>
    folderNames(join(workspace.objects, prefix)).flatMap((digest) => {
      const path = join(workspace.objects, prefix, digest);
      if (!isDigest(digest)) {
        rmSync(path, { force: true });
        return [];
      }
      return [{ digest, path, bytes: statSync(path).size }];
    }),
  );
}

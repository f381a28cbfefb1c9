import { rmSync } from 'node:fs';
import type { Digest } from '../core/digest.js';
import { collectableFolders, countedBytes, type CollectableFolder } from './collect-folders.js';
import { listObjects, objectsOf } from './inspect.js';
import { objectPath } from './outputs.js';
import { listRecords, readRecord, removeRecord } from './record.js';
import type { Workspace } from './workspace.js';

/** What was removed to make room. */
export interface Collected {
  readonly removed: readonly { readonly what: string; readonly bytes: number }[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * Brings the cache (objects, and what `collectableFolders` names) under a size in bytes, the least recently used first.
 * Call with the workspace's lock held: then no run in progress uses any of it. Throws system errors.
 */
export function collectCache(workspace: Workspace, mostBytes: number): Collected {
  const objects = new ObjectCounts(workspace);
  objects.removeUnnamed();
  const candidates = [...resultsOf(workspace, objects), ...collectableFolders(workspace)].sort(
    (a, b) => a.lastUsed - b.lastUsed,
  );
  const bytesBefore = objects.bytes() + countedBytes(workspace);
  let bytesAfter = bytesBefore;
  const removed: { what: string; bytes: number }[] = [];
  for (const candidate of candidates) {
    if (bytesAfter <= mostBytes) {
      break;
    }
    const bytes = candidate.remove();
    bytesAfter -= bytes;
    removed.push({ what: candidate.what, bytes });
  }
  return { removed, bytesBefore, bytesAfter };
}

/** How many records name each object: one that none names any more can go. */
class ObjectCounts {
  private readonly sizes: Map<Digest, number>;
  private readonly names = new Map<Digest, number>();

  constructor(private readonly workspace: Workspace) {
    this.sizes = new Map(listObjects(workspace).map(({ digest, bytes }) => [digest, bytes]));
    for (const { fingerprint } of listRecords(workspace)) {
      this.objectsNamedBy(fingerprint).forEach((digest) => this.names.set(digest, (this.names.get(digest) ?? 0) + 1));
    }
  }

  bytes(): number {
    return [...this.sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** A run that was killed between its objects and its record has left such. */
  removeUnnamed(): void {
    [...this.sizes.keys()].filter((digest) => !this.names.has(digest)).forEach((digest) => this.drop(digest));
  }

  /** Removes a record, then the objects that only it named; gives the bytes freed. */
  removeRecord(fingerprint: Digest): number {
    const digests = this.objectsNamedBy(fingerprint);
    removeRecord(this.workspace, fingerprint);
    return digests.reduce((freed, digest) => freed + this.release(digest), 0);
  }

  private objectsNamedBy(fingerprint: Digest): Digest[] {
    const record = readRecord(this.workspace, fingerprint);
    return typeof record === 'string' ? [] : [...new Set(objectsOf(record))];
  }

  private release(digest: Digest): number {
    const left = (this.names.get(digest) ?? 1) - 1;
    this.names.set(digest, left);
    return left > 0 ? 0 : this.drop(digest);
  }

  private drop(digest: Digest): number {
    const bytes = this.sizes.get(digest) ?? 0;
    this.sizes.delete(digest);
    rmSync(objectPath(this.workspace, digest), { force: true });
    return bytes;
  }
}

function resultsOf(workspace: Workspace, objects: ObjectCounts): CollectableFolder[] {
  return listRecords(workspace).map(({ fingerprint, lastUsed }) => {
    const record = readRecord(workspace, fingerprint);
    const step = typeof record === 'string' ? 'a damaged record' : record.step;
    return {
      what: `result of ${step} (${fingerprint.slice(0, 12)})`,
      lastUsed: lastUsed.getTime(),
      remove: () => objects.removeRecord(fingerprint),
    };
  });
}

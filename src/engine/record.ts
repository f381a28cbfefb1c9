import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { CompileTally } from '../core/compilations.js';
import { isDigest, type Digest } from '../core/digest.js';
import type { Json } from '../core/json.js';
import type { StepName } from '../core/step.js';
import type { ManifestEntry } from '../system/files.js';
import type { InputsDocument } from './fingerprint.js';
import { readSealed, writeSealed } from './sealed.js';
import { stepFileName, type Workspace } from './workspace.js';

/** What one step made from certain inputs. Once written it never changes. */
export interface StepRecord {
  readonly schema: 1;
  readonly step: StepName;
  readonly fingerprint: Digest;
  readonly inputs: InputsDocument;
  readonly outputs: Readonly<Record<string, OutputRecord>>;
  /** ISO 8601. */
  readonly madeAt: string;
  /** How long the step ran. */
  readonly seconds: number;
  /** The log, as an object. */
  readonly log: Digest;
  /** What the step had to tell the user; told again while the result is used. */
  readonly notices: readonly StepNotice[];
  /** The host of the shared cache that it came from; missing where it was made in this workspace. */
  readonly from?: string;
  /** Where compilers were called through ccache: what came of that. */
  readonly compiled?: CompileTally;
  /** Says that what others have compiled may be in it. */
  readonly holdsOthers?: true;
}

export interface StepNotice {
  readonly level: 'info' | 'warning';
  readonly text: string;
}

/** One output: the digest that stands for it, and the files it is made of. */
export interface OutputRecord {
  readonly kind: 'file' | 'folder';
  /** Below the step's output folder. */
  readonly path: string;
  /** Of the bytes for a file, of the manifest for a folder. */
  readonly digest: Digest;
  readonly bytes: number;
  /** For a file the one entry, with the path `''`. */
  readonly files: readonly ManifestEntry[];
}

/** Where the record of a fingerprint lies. */
export function recordPath(workspace: Workspace, fingerprint: Digest): string {
  return join(workspace.records, fingerprint.slice(0, 2), `${fingerprint}.json`);
}

/** Publishes a record. Everything that it names has to be in place before. */
export function writeRecord(workspace: Workspace, record: StepRecord): void {
  writeSealed(recordPath(workspace, record.fingerprint), record as unknown as Json);
}

/** The record of a fingerprint; `damaged` where there is one that does not match its seal. */
export function readRecord(workspace: Workspace, fingerprint: Digest): StepRecord | 'missing' | 'damaged' {
  const unsealed = readSealed(recordPath(workspace, fingerprint));
  if (typeof unsealed === 'string') {
    return unsealed;
  }
  // A sealed file is as we wrote it; only a file moved to another name could lie.
  const record = unsealed.value as unknown as StepRecord;
  return record.fingerprint === fingerprint ? record : 'damaged';
}

/** Removes a record: what it stood for is made again when needed. */
export function removeRecord(workspace: Workspace, fingerprint: Digest): void {
  rmSync(recordPath(workspace, fingerprint), { force: true });
}

/** Marks a record as used, for the cache's order of removal. */
export function markRecordUsed(workspace: Workspace, fingerprint: Digest): void {
  const now = new Date();
  utimesSync(recordPath(workspace, fingerprint), now, now);
}

/** Every record's fingerprint, and when it was last used. Damaged ones are among them. */
export function listRecords(workspace: Workspace): { fingerprint: Digest; lastUsed: Date }[] {
  const found: { fingerprint: Digest; lastUsed: Date }[] = [];
  for (const name of folderNames(workspace.records)) {
    for (const file of folderNames(join(workspace.records, name))) {
      const fingerprint = file.replace(/\.json$/, '');
      if (isDigest(fingerprint)) {
        found.push({ fingerprint, lastUsed: statSync(recordPath(workspace, fingerprint)).mtime });
      }
    }
  }
  return found;
}

/** The names in a folder; none where it is missing. */
export function folderNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

/** The last result of a recipe's step in this workspace, whatever is in the cache. */
export interface LastResult {
  readonly fingerprint: Digest;
  readonly inputs: InputsDocument;
  readonly madeAt: string;
  readonly seconds: number;
  readonly log: Digest;
  /** The host of the shared cache that it came from. */
  readonly from?: string;
}

function lastResultPath(workspace: Workspace, recipe: string, step: StepName): string {
  return join(workspace.state, 'last', recipe, `${stepFileName(step)}.json`);
}

/** Notes what a step of a recipe last made, for `why`, `logs` and the expected time. */
export function writeLastResult(workspace: Workspace, recipe: string, record: StepRecord): void {
  const { fingerprint, inputs, madeAt, seconds, log, from } = record;
  const last: LastResult = { fingerprint, inputs, madeAt, seconds, log, ...(from !== undefined && { from }) };
  writeSealed(lastResultPath(workspace, recipe, record.step), last as unknown as Json);
}

/** What a step of a recipe last made; `undefined` where it never did or the note is damaged. */
export function readLastResult(workspace: Workspace, recipe: string, step: StepName): LastResult | undefined {
  const unsealed = readSealed(lastResultPath(workspace, recipe, step));
  return typeof unsealed === 'string' ? undefined : (unsealed.value as unknown as LastResult);
}

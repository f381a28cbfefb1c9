import type { Digest } from '../core/digest.js';
import type { StepName } from '../core/step.js';
import type { InputsDocument } from './fingerprint.js';
import { objectPath } from './outputs.js';
import { readRecord, type OutputRecord } from './record.js';
import type { Workspace } from './workspace.js';

/** What a step once made from certain inputs, as the cache holds it, whatever lies in `out` now. */
export interface StepResult {
  readonly step: StepName;
  readonly fingerprint: Digest;
  readonly inputs: InputsDocument;
  readonly outputs: Readonly<Record<string, OutputRecord>>;
}

/** The result of a fingerprint; `undefined` where the cache has none, or a damaged one. */
export function cachedResult(workspace: Workspace, fingerprint: Digest): StepResult | undefined {
  const record = readRecord(workspace, fingerprint);
  if (typeof record === 'string') {
    return undefined;
  }
  const { step, inputs, outputs } = record;
  return { step, fingerprint, inputs, outputs };
}

/** Where the bytes with this digest lie in the cache. Nothing vouches for them but the digest itself. */
export function cachedObject(workspace: Workspace, digest: Digest): string {
  return objectPath(workspace, digest);
}

import { digestJson, type Digest } from '../core/digest.js';
import type { ToolMissing } from '../core/failures/host.js';
import type { JsonObject } from '../core/json.js';
import { failed, success, type Result } from '../core/result.js';
import type { OutputReference, Step } from '../core/step.js';
import { environmentVariable } from '../system/environment.js';
import { attempt, type FileFailure } from '../system/files.js';
import type { DigestMemory } from './digest-memory.js';
import type { ToolVersions } from './tools.js';

/** Raise when the meaning of a step's inputs or outputs changes in a way that the document does not show. */
const SCHEMA = 1;

/** Everything a step reads, as it is hashed and kept in its record. No absolute path, clock or host name. */
export interface InputsDocument {
  readonly schema: number;
  readonly step: string;
  /** Of the step's own code. */
  readonly version: number;
  readonly params: JsonObject;
  /** Label -> digest. */
  readonly files: Readonly<Record<string, Digest>>;
  /** `step/output` -> digest of that output. */
  readonly upstream: Readonly<Record<string, Digest>>;
  /** Tool -> the first line of what it says of its version. */
  readonly tools: Readonly<Record<string, string>>;
  /** Variable -> value; `null` where unset. */
  readonly environment: Readonly<Record<string, string | null>>;
  /** Output name -> path, because a renamed output is another result. */
  readonly outputs: Readonly<Record<string, string>>;
}

export interface FingerprintSources {
  readonly digests: DigestMemory;
  readonly tools: ToolVersions;
  /** The digest of an upstream output; only asked for outputs of steps that have ended. */
  readonly upstreamDigest: (reference: OutputReference) => Digest;
}

/** The hash of an inputs document. */
export function fingerprintOf(document: InputsDocument): Digest {
  return digestJson('fingerprint', document as unknown as JsonObject);
}

/**
 * Which results can go on with each other's work: those that differ in nothing but parameters that do not count for it.
 * Of a step without a `series`, the fingerprint.
 */
export function seriesOf({ series }: Pick<Step, 'series'>, document: InputsDocument): Digest {
  return fingerprintOf(series === undefined ? document : { ...document, params: series });
}

/** Gathers all that a step reads. Fails where an input file or a tool is not there. */
export function inputsOf(step: Step, sources: FingerprintSources): Result<InputsDocument, ToolMissing | FileFailure> {
  const files = fileDigests(step, sources.digests);
  if (!files.ok) {
    return files;
  }
  const tools = toolVersions(step, sources.tools);
  if (!tools.ok) {
    return tools;
  }
  return success({
    schema: SCHEMA,
    step: step.name,
    version: step.version ?? 1,
    params: step.inputs.params,
    files: files.value,
    upstream: Object.fromEntries(
      step.inputs.upstream.map((reference) => [
        `${reference.step}/${reference.output}`,
        sources.upstreamDigest(reference),
      ]),
    ),
    tools: tools.value,
    environment: Object.fromEntries(step.inputs.env.map((name) => [name, environmentVariable(name) ?? null])),
    outputs: Object.fromEntries(
      Object.entries(step.outputs).map(([name, spec]) => [name, `${spec.kind} ${spec.path}`]),
    ),
  });
}

function fileDigests(step: Step, digests: DigestMemory): Result<Record<string, Digest>, FileFailure> {
  const found: Record<string, Digest> = {};
  for (const [label, path] of Object.entries(step.inputs.files)) {
    const digest = attempt(path, () => digests.digest(path));
    if (!digest.ok) {
      return digest;
    }
    if (digest.value === undefined) {
      return failed({
        reason: 'file-trouble',
        path,
        code: 'ENOENT',
        detail: `${step.name} reads it, and it is not there`,
      });
    }
    found[label] = digest.value;
  }
  return success(found);
}

function toolVersions(step: Step, tools: ToolVersions): Result<Record<string, string>, ToolMissing> {
  const found: Record<string, string> = {};
  for (const tool of step.inputs.tools) {
    const version = tools.version(tool);
    if (version === undefined) {
      return failed({ reason: 'tool-missing', tool, neededBy: step.name });
    }
    found[tool] = version;
  }
  return success(found);
}

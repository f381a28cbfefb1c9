import { isDigest, type Digest } from '../core/digest.js';
import type { Json, JsonObject } from '../core/json.js';
import type { OutputSpec, Step } from '../core/step.js';
import { digestManifest, type ManifestEntry } from '../system/files.js';
import { fingerprintOf, type InputsDocument } from './fingerprint.js';

/**
 * Why a record that somebody else has written is not a result of this step and fingerprint, as the end of a sentence
 * that begins with the record; `undefined` where it is one. Every path in it lies below the step's own outputs.
 */
export function whyUnsound(record: Json, step: Step, fingerprint: Digest): string | undefined {
  if (!isObject(record) || record['schema'] !== 1 || !isObject(record['inputs']) || !isObject(record['outputs'])) {
    return 'has another layout';
  }
  const { inputs, outputs } = record;
  if (record['step'] !== step.name || record['fingerprint'] !== fingerprint) {
    return 'is of another step or of other inputs';
  }
  if (fingerprintOf(inputs as unknown as InputsDocument) !== fingerprint) {
    return 'has inputs that do not give its fingerprint';
  }
  if (!isText(record['madeAt']) || !isCount(record['seconds']) || !isName(record['log']) || !areNotices(record)) {
    return 'lacks a time, a log or its notices';
  }
  return whyOutputsUnsound(outputs, step);
}

function whyOutputsUnsound(outputs: JsonObject, step: Step): string | undefined {
  const names = Object.keys(step.outputs);
  if (Object.keys(outputs).length !== names.length) {
    return 'has other outputs than the step';
  }
  for (const [name, spec] of Object.entries(step.outputs)) {
    if (!isOutput(outputs[name], spec)) {
      return `has an output "${name}" that is not what it says`;
    }
  }
  return undefined;
}

function isOutput(output: Json | undefined, spec: OutputSpec): boolean {
  if (!isObject(output) || output['kind'] !== spec.kind || output['path'] !== spec.path || !isCount(output['bytes'])) {
    return false;
  }
  const { files, digest } = output;
  if (!Array.isArray(files) || !files.every(isEntry)) {
    return false;
  }
  const entries = files as unknown as readonly ManifestEntry[];
  return spec.kind === 'file' ? isOneFile(entries, digest) : isFolder(entries, digest);
}

function isOneFile(files: readonly ManifestEntry[], digest: Json | undefined): boolean {
  const [first] = files;
  return files.length === 1 && first?.path === '' && first.mode !== 'link' && first.digest === digest;
}

function isFolder(files: readonly ManifestEntry[], digest: Json | undefined): boolean {
  return files.every(({ path }) => isBelow(path)) && areApart(files) && digestManifest(files) === digest;
}

/** No file twice, and none below another: one below a link would lie elsewhere. */
function areApart(files: readonly ManifestEntry[]): boolean {
  const paths = new Set(files.map(({ path }) => path));
  const parents = (path: string): string[] =>
    path.split('/').flatMap((_, index, parts) => (index === 0 ? [] : parts.slice(0, index).join('/')));
  return paths.size === files.length && files.every(({ path }) => !parents(path).some((parent) => paths.has(parent)));
}

function isBelow(path: string): boolean {
  return !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function isEntry(value: Json): boolean {
  return (
    isObject(value) &&
    isText(value['path']) &&
    isName(value['digest']) &&
    isOneOf(value['mode'], ['file', 'executable', 'link'])
  );
}

function areNotices({ notices }: JsonObject): boolean {
  return (
    Array.isArray(notices) &&
    notices.every(
      (notice: Json) => isObject(notice) && isText(notice['text']) && isOneOf(notice['level'], ['info', 'warning']),
    )
  );
}

const isOneOf = (value: Json | undefined, known: readonly string[]): boolean => isText(value) && known.includes(value);
const isText = (value: Json | undefined): value is string => typeof value === 'string';
const isName = (value: Json | undefined): boolean => typeof value === 'string' && isDigest(value);
const isCount = (value: Json | undefined): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

import type { Json, JsonObject } from '../core/json.js';
import type { InputsDocument } from './fingerprint.js';

/** One input that differs between two records of a step. A missing side means that it was not an input then. */
export interface Change {
  /** `parameter machine.type`, `file 0001-boot.patch`, `tool cc`, `output patched of patch:kernel`. */
  readonly input: string;
  readonly before?: string;
  readonly now?: string;
}

/** What differs between what a step read then and what it reads now, input by input. */
export function changesBetween(before: InputsDocument, now: InputsDocument): Change[] {
  return [
    ...changes(flatten(before.params), flatten(now.params), (key) => `parameter ${key}`),
    ...changes(before.files, now.files, (label) => `file ${label}`),
    ...changes(before.upstream, now.upstream, describeUpstream),
    ...changes(before.tools, now.tools, (tool) => `tool ${tool}`),
    ...changes(flatten(before.environment), flatten(now.environment), (name) => `environment variable ${name}`),
    ...changes(before.outputs, now.outputs, (name) => `place of output ${name}`),
    ...changes(ownVersions(before), ownVersions(now), () => "bootlap's own code for it"),
  ];
}

/** A change in a few words: `tool cc: 12.2.0 -> 13.1.0`; digests and long values are left out, because nobody reads them. */
export function describeChange(change: Change): string {
  const { input, before, now } = change;
  if (before === undefined) {
    return `${input} is new`;
  }
  if (now === undefined) {
    return `${input} is gone`;
  }
  const isReadable = !looksLikeDigest(before) && before.length + now.length <= LONGEST_READ;
  return isReadable ? `${input}: ${before} -> ${now}` : `${input} changed`;
}

/** Characters of two values together that a person reads at a glance; "bootlap why" shows all. */
const LONGEST_READ = 100;

function describeUpstream(key: string): string {
  const [step, output] = key.split('/');
  return `output ${output} of ${step}`;
}

/** Of the form of the document, and of the step's code. */
function ownVersions({ schema, version }: InputsDocument): Flat {
  return { code: `${schema}.${version}` };
}

type Flat = Readonly<Record<string, string>>;

function changes(before: Flat, now: Flat, describe: (key: string) => string): Change[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys]
    .filter((key) => before[key] !== now[key])
    .map((key) => ({
      input: describe(key),
      ...(before[key] === undefined ? {} : { before: before[key] }),
      ...(now[key] === undefined ? {} : { now: now[key] }),
    }));
}

/** Nested values as dotted paths, so that one changed key shows as one change. */
function flatten(value: JsonObject, prefix = ''): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, member] of Object.entries(value)) {
    if (isObject(member)) {
      Object.assign(flat, flatten(member, `${prefix}${key}.`));
    } else if (member !== undefined) {
      flat[`${prefix}${key}`] = typeof member === 'string' ? member : JSON.stringify(member);
    }
  }
  return flat;
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function looksLikeDigest(text: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(text);
}

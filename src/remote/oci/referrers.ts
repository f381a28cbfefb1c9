import type { Digest } from '../../core/digest.js';
import { canonicalJson, type Json } from '../../core/json.js';
import {
  annotationsOf,
  CREATED,
  described,
  descriptor,
  isObject,
  MANIFEST_TYPE,
  MOST_MANIFEST_BYTES,
  objectIn,
  RESULT_ARTIFACT,
  SIGNER,
  type Descriptor,
  type Manifest,
  type ToldResult,
} from './manifests.js';

/** What lists manifests. */
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** Entries of a list that we write; the newest stay. */
const MOST_LISTED = 64;
/** An entry has three levels: itself, its platform, the features of that. */
const MOST_DEPTH = 8;

/** Where the referrers of a manifest are listed in a registry that does not list them itself (distribution 1.1). */
export function referrersTag({ digest }: { readonly digest: Digest }): string {
  return `sha256-${digest}`;
}

/** A result in a list. Whoever wrote the list, it is a hint: what counts is signed. */
export interface Listed extends Descriptor {
  /** The name of a key, as it says. */
  readonly signer: string;
  /** When it was made, as it says. */
  readonly created: string;
}

/** The results in a list of referrers, the newest first; `undefined` where the text is no such list. */
export function listedIn(text: string): Listed[] | undefined {
  return entriesIn(text)
    ?.flatMap((entry) => listed(entry) ?? [])
    .sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
}

/**
 * A list with a result put first. What it had of the same signer goes; all else that the old one had stays, also what is
 * not of ours, up to a number.
 */
export function listWith(old: string | undefined, manifest: Manifest, told: ToldResult): string {
  const others = (entriesIn(old ?? '') ?? []).filter((entry) => listed(entry)?.signer !== told.about.signer);
  const own = {
    ...descriptor(MANIFEST_TYPE, manifest),
    artifactType: RESULT_ARTIFACT,
    annotations: annotationsOf(told),
  };
  const manifests = [own, ...others].slice(0, MOST_LISTED);
  return canonicalJson({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests });
}

function entriesIn(text: string): readonly Json[] | undefined {
  const index = objectIn(text);
  const entries = index?.['schemaVersion'] === 2 ? index['manifests'] : undefined;
  return Array.isArray(entries)
    ? (entries as readonly Json[]).filter((entry) => isShallow(entry, MOST_DEPTH))
    : undefined;
}

/** Whether a value has no more than so many levels. What anybody may have written is not to use up the stack. */
function isShallow(value: Json, levels: number): boolean {
  return (
    value === null ||
    typeof value !== 'object' ||
    (levels > 0 && Object.values(value).every((each) => isShallow(each as Json, levels - 1)))
  );
}

/** Some who copy lists leave the artifact type out; they leave the annotations in. */
function listed(entry: Json): Listed | undefined {
  const named = described(entry, MANIFEST_TYPE);
  if (!isObject(entry) || named === undefined || named.bytes > MOST_MANIFEST_BYTES) {
    return undefined;
  }
  const notes = isObject(entry['annotations']) ? entry['annotations'] : {};
  const { [SIGNER]: signer = '', [CREATED]: created = '' } = notes;
  const isResult = entry['artifactType'] === RESULT_ARTIFACT || (entry['artifactType'] === undefined && signer !== '');
  return isResult && typeof signer === 'string' && typeof created === 'string'
    ? { ...named, signer, created }
    : undefined;
}

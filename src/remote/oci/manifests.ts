import { digestBytes, isDigest, type Digest } from '../../core/digest.js';
import { canonicalJson, type Json, type JsonObject } from '../../core/json.js';
import type { RecordFacts } from '../store.js';

/** Media types of the OCI image specification, 1.1. */
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';

/** What stands for a result that somebody may have made: all that is known before it is there. */
const KEY_ARTIFACT = 'application/vnd.bootlap.key.v1';
/** A result that somebody has made and signed. */
export const RESULT_ARTIFACT = 'application/vnd.bootlap.result.v1';
const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';
/** Bytes of a result as they are stored; the envelope says how to undo it. */
const OBJECT_TYPE = 'application/vnd.bootlap.object.v1';

const KEY = 'vnd.bootlap.key';
const STEP = 'vnd.bootlap.step';
export const SIGNER = 'vnd.bootlap.signer';
export const CREATED = 'org.opencontainers.image.created';

/** Registries take no longer manifest, and we read none. */
export const MOST_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Something that is named by its digest. */
export interface Descriptor {
  readonly digest: Digest;
  readonly bytes: number;
}

/** A manifest, and what names it. */
export interface Manifest extends Descriptor {
  readonly text: string;
}

/** What manifests of ours have in place of a configuration. */
export const EMPTY: Manifest = manifestOf('{}');

function manifestOf(text: string): Manifest {
  return { text, digest: digestBytes(text), bytes: Buffer.byteLength(text) };
}

/** An entry for something, as manifests and lists have it. */
export function descriptor(mediaType: string, { digest, bytes }: Descriptor): Readonly<Record<string, Json>> {
  return { mediaType, digest: `sha256:${digest}`, size: bytes };
}

/**
 * The manifest of a key. It is the same wherever it is made, so that who looks for a result knows its digest, and with
 * it where results are listed, before asking.
 */
export function keyManifest(key: Digest): Manifest {
  return manifestOf(
    canonicalJson({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      artifactType: KEY_ARTIFACT,
      config: descriptor(EMPTY_TYPE, EMPTY),
      layers: [descriptor(EMPTY_TYPE, EMPTY)],
      annotations: { [KEY]: key },
    }),
  );
}

/** A result as it is told to a registry. */
export interface ToldResult {
  readonly key: Digest;
  readonly envelope: Descriptor;
  readonly about: RecordFacts;
  readonly now: Date;
}

/** The manifest of a result: a referrer of its key. It names all that the result needs, so that the registry keeps that. */
export function resultManifest(told: ToldResult): Manifest {
  const needs = new Map(told.about.needs.filter(({ bytes }) => bytes > 0).map((each) => [each.digest, each]));
  return manifestOf(
    canonicalJson({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      artifactType: RESULT_ARTIFACT,
      config: descriptor(EMPTY_TYPE, EMPTY),
      layers: [
        descriptor(ENVELOPE_TYPE, told.envelope),
        ...[...needs.values()].map((each) => descriptor(OBJECT_TYPE, each)),
      ],
      subject: descriptor(MANIFEST_TYPE, keyManifest(told.key)),
      annotations: annotationsOf(told),
    }),
  );
}

/** What is said of a result where it is named. */
export function annotationsOf({ about, now }: ToldResult): JsonObject {
  return { [STEP]: about.step, [SIGNER]: about.signer, [CREATED]: now.toISOString() };
}

/** The tag by which a signer's newest result of a key can be had. Tags have up to 128 characters. */
export function resultTag(key: Digest, signer: string): string {
  return `${key}.${signer.slice(0, 32)}`;
}

/** The envelope that a manifest of a result names; `undefined` where the text is no such manifest. */
export function envelopeIn(text: string): Descriptor | undefined {
  const manifest = objectIn(text);
  const layers = manifest?.['artifactType'] === RESULT_ARTIFACT ? manifest['layers'] : undefined;
  return Array.isArray(layers)
    ? (layers as readonly Json[]).map((each) => described(each, ENVELOPE_TYPE)).find((each) => each !== undefined)
    : undefined;
}

/** What an entry names, if it is of a media type and as it should be. */
export function described(entry: Json | undefined, mediaType: string): Descriptor | undefined {
  if (!isObject(entry) || entry['mediaType'] !== mediaType) {
    return undefined;
  }
  const { digest, size } = entry;
  const hex = typeof digest === 'string' && digest.startsWith('sha256:') ? digest.slice('sha256:'.length) : '';
  return isDigest(hex) && typeof size === 'number' && Number.isSafeInteger(size) && size > 0
    ? { digest: hex, bytes: size }
    : undefined;
}

/** The JSON object that a text is, or `undefined`. */
export function objectIn(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an object of members. */
export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

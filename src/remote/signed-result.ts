import { arch } from 'node:process';
import { digestJson, isDigest, type Digest } from '../core/digest.js';
import { isSignedBy, parseEnvelope, seal, type SigningKey } from '../core/dsse.js';
import { canonicalJson, type Json, type JsonObject } from '../core/json.js';
import type { SharedKey } from '../engine/index.js';
import { readDistribution } from '../system/distribution.js';
import type { NamedKey } from '../system/keys.js';
import { isObject, isPacked, type Packed } from './packing.js';

/** What an envelope with a result says that it holds. */
const RESULT_TYPE = 'application/vnd.bootlap.result+json';

/** A result as it is signed: a record, and where the bytes of each of its objects lie. */
export interface SignedResult {
  readonly record: Json;
  readonly blobs: Readonly<Record<string, Packed>>;
}

/** For which machines a result is: of an architecture, or of a release of a distribution, too. */
function audience({ sharedWith }: SharedKey): string {
  const { id, version } = readDistribution();
  return sharedWith === 'machines' ? arch : `${arch} ${id} ${version}`;
}

/** By what a result is found. It holds the machines that can use it, besides what it was made from. */
export function resultKey(key: SharedKey): Digest {
  return digestJson('shared result', { fingerprint: key.fingerprint, audience: audience(key) });
}

/** The text of an envelope with a result. The same result and key give the same text. */
export function sealResult(key: SharedKey, { record, blobs }: SignedResult, signingKey: SigningKey): string {
  const payload: JsonObject = {
    schema: 1,
    key: resultKey(key),
    step: key.step,
    record,
    blobs: blobs as unknown as Json,
  };
  return JSON.stringify(seal(RESULT_TYPE, canonicalJson(payload), signingKey));
}

/** What an envelope came to: a result, or why there is none, as the end of a sentence that begins with the envelope. */
export type Opened = { readonly result: SignedResult } | { readonly refused: string };

/** Opens an envelope that was found by a key: what is in it counts only if it is signed by one of those who are trusted. */
export function openResult(text: string, key: SharedKey, trusted: readonly NamedKey[]): Opened {
  const envelope = parseEnvelope(text);
  if (envelope === undefined) {
    return { refused: 'is no signed record' };
  }
  if (!trusted.some((by) => isSignedBy(by.key, envelope))) {
    const name = envelope.signatures[0]?.keyid;
    return trusted.some(({ id }) => id === name)
      ? { refused: 'is not what was signed: it was changed, or is torn' }
      : { refused: `is signed by ${signer(name)}, whom no --trust names` };
  }
  const payload = envelope.payloadType === RESULT_TYPE ? payloadOf(envelope.payload) : undefined;
  if (payload?.['schema'] !== 1 || payload['record'] === undefined || !areBlobs(payload['blobs'])) {
    return { refused: 'is signed and has another layout' };
  }
  if (payload['key'] !== resultKey(key)) {
    return { refused: 'is the record of another result' };
  }
  return { result: { record: payload['record'], blobs: payload['blobs'] as unknown as SignedResult['blobs'] } };
}

/** What an envelope says of its signer is shown only where it can be a key's name. */
function signer(id: string | undefined): string {
  return id !== undefined && isDigest(id) ? `the key ${id}` : 'an unknown key';
}

function payloadOf(base64: string): JsonObject | undefined {
  try {
    const value = JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function areBlobs(value: Json | undefined): boolean {
  return isObject(value) && Object.entries(value).every(([name, packed]) => isDigest(name) && isPacked(packed));
}

import { arch } from 'node:process';
import { digestBytes, digestJson, isDigest, type Digest } from '../core/digest.js';
import { isSignedBy, parseEnvelope, seal, type SigningKey } from '../core/dsse.js';
import { canonicalJson } from '../core/json.js';
import type { NamedKey } from '../system/keys.js';

/** What an envelope of a compilation says that it holds. */
const COMPILATION_TYPE = 'application/vnd.bootlap.compilation+json';
/** More than an envelope is. */
const MOST_ENVELOPE_BYTES = 4096;
const LINE_FEED = 10;

/** By what an entry of ccache is found on a server, where it lies among other things. */
export function compilationKey(name: string): Digest {
  return digestJson('shared compilation', { name, architecture: arch });
}

/** An entry of ccache as it lies on a server: a line with an envelope that names its place and its digest, then its bytes. */
export function sealCompilation(name: string, bytes: Buffer, signingKey: SigningKey): Buffer {
  const envelope = seal(COMPILATION_TYPE, statement(name, digestBytes(bytes)), signingKey);
  return Buffer.concat([Buffer.from(`${JSON.stringify(envelope)}\n`), bytes]);
}

/** What lay on a server came to: an entry, or why it is none, as the end of a sentence that begins with it. */
export type OpenedCompilation = { readonly bytes: Buffer } | { readonly refused: string };

/** Opens what was found under a name: it counts only if it is signed, for this name, by one of those who are trusted. */
export function openCompilation(stored: Buffer, name: string, trusted: readonly NamedKey[]): OpenedCompilation {
  const end = stored.subarray(0, MOST_ENVELOPE_BYTES).indexOf(LINE_FEED);
  const envelope = end < 0 ? undefined : parseEnvelope(stored.toString('utf8', 0, end));
  if (envelope === undefined) {
    return { refused: 'is not signed' };
  }
  if (!trusted.some((by) => isSignedBy(by.key, envelope))) {
    const id = envelope.signatures[0]?.keyid ?? '';
    return { refused: `is signed by ${isDigest(id) ? `the key ${id}` : 'an unknown key'}, whom no --trust names` };
  }
  const bytes = stored.subarray(end + 1);
  const signed = Buffer.from(envelope.payload, 'base64').toString('utf8');
  return envelope.payloadType === COMPILATION_TYPE && signed === statement(name, digestBytes(bytes))
    ? { bytes }
    : { refused: 'has other bytes than were signed for it' };
}

function statement(name: string, digest: Digest): string {
  return canonicalJson({ schema: 1, key: compilationKey(name), digest });
}

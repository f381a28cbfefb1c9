import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './json.js';

declare const digestBrand: unique symbol;

/** A SHA-256, as 64 lower-case hexadecimal digits. */
export type Digest = string & { readonly [digestBrand]: 'sha256' };

const DIGEST = /^[0-9a-f]{64}$/;

/** Tells whether a text is a SHA-256 in our spelling. */
export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** The SHA-256 of bytes, or of a text's UTF-8. */
export function digestBytes(bytes: Uint8Array | string): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}

/**
 * The SHA-256 of a JSON document in its canonical spelling.
 * `kind` frames the document, with its length, so that documents of two kinds never share a hash.
 */
export function digestJson(kind: string, document: Json): Digest {
  const text = canonicalJson(document);
  return digestBytes(`bootlap ${kind} ${Buffer.byteLength(text)}\0${text}`);
}

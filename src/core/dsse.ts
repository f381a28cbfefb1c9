import { createHash, sign, verify, type KeyObject } from 'node:crypto';

/** DSSE (Dead Simple Signing Envelope), version 1: https://github.com/secure-systems-lab/dsse */
export interface Envelope {
  /** Base64 of the signed bytes. */
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** More than any envelope has. Each costs as much to check as the payload is long, and an envelope may be anybody's. */
const MOST_SIGNATURES = 16;

/** What an in-toto statement is called in an envelope. */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/** Pre-authentication encoding: what is signed. Lengths are in bytes of UTF-8. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** A private key, and the name of its pair. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly id: string;
}

/** Signs a text with an ed25519 key; the same text and key give the same envelope. */
export function seal(payloadType: string, text: string, { key, id }: SigningKey): Envelope {
  const payload = Buffer.from(text);
  const sig = sign(null, preAuthenticationEncoding(payloadType, payload), key).toString('base64');
  return { payload: payload.toString('base64'), payloadType, signatures: [{ keyid: id, sig }] };
}

/** Whether one of an envelope's signatures is by this ed25519 key. The `keyid` is a hint and not relied upon. */
export function isSignedBy(publicKey: KeyObject, { payload, payloadType, signatures }: Envelope): boolean {
  const signed = preAuthenticationEncoding(payloadType, Buffer.from(payload, 'base64'));
  return signatures.some(({ sig }) => verify(null, signed, publicKey, Buffer.from(sig, 'base64')));
}

/** Names a public key: the SHA-256 of its SubjectPublicKeyInfo (DER), as `openssl pkey -pubin -outform DER | sha256sum` gives it. */
export function keyId(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** The envelope that a text is, or `undefined`. */
export function parseEnvelope(text: string): Envelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isEnvelope(value) ? value : undefined;
}

function isEnvelope(value: unknown): value is Envelope {
  const { payload, payloadType, signatures } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof payload === 'string' &&
    typeof payloadType === 'string' &&
    Array.isArray(signatures) &&
    signatures.length > 0 &&
    signatures.length <= MOST_SIGNATURES &&
    signatures.every((each: unknown) => {
      const { keyid, sig } = (each ?? {}) as Record<string, unknown>;
      return typeof keyid === 'string' && typeof sig === 'string';
    })
  );
}

import { PLACES } from '../bundle-document.js';
import { isSignedBy, parseEnvelope, STATEMENT_TYPE, type Envelope } from '../../core/dsse.js';
import type { NamedKey } from '../../system/keys.js';
import type { Documents } from './documents.js';

/** How a bundle is signed. */
export type Signature =
  | { readonly kind: 'none' }
  /** By whom it says, which nothing has been held against. */
  | { readonly kind: 'unchecked'; readonly keyIds: readonly string[] }
  | { readonly kind: 'checked'; readonly keyId: string };

/** The envelope against the provenance, and against the key where one is given: then it has to be signed by it. */
export function checkSignature(documents: Documents, key: NamedKey | undefined): Signature {
  const { files } = documents.contents;
  const wrong = (detail: string): void => documents.wrong(PLACES.envelope, detail);
  const file = files.get(PLACES.envelope);
  if (file === undefined) {
    if (key !== undefined) {
      wrong(`it is missing: the bundle is not signed, and the key ${shortId(key.id)} should have signed it`);
    }
    return { kind: 'none' };
  }
  const envelope = parseEnvelope(file.text ?? '');
  if (envelope === undefined) {
    wrong('it is no DSSE envelope');
    return { kind: 'none' };
  }
  if (envelope.payloadType !== STATEMENT_TYPE) {
    wrong(`it holds ${JSON.stringify(envelope.payloadType)} and no in-toto statement`);
  }
  if (Buffer.from(envelope.payload, 'base64').toString('utf8') !== files.get(PLACES.provenance)?.text) {
    wrong(`what it signs is not ${PLACES.provenance}`);
  }
  return key === undefined ? { kind: 'unchecked', keyIds: keyIdsOf(envelope) } : checkKey(envelope, key, wrong);
}

function checkKey(envelope: Envelope, key: NamedKey, wrong: (detail: string) => void): Signature {
  if (isSignedBy(key.key, envelope)) {
    return { kind: 'checked', keyId: key.id };
  }
  const others = keyIdsOf(envelope);
  wrong(
    others.includes(key.id)
      ? `its signature is not by the key ${shortId(key.id)}, as it says it is`
      : `it is signed by ${others.map(shortId).join(', ')} and not by the key ${shortId(key.id)}`,
  );
  return { kind: 'unchecked', keyIds: others };
}

/** Whatever stands there: digits of a key's name, or what somebody has put in their place. */
function keyIdsOf({ signatures }: Envelope): string[] {
  return signatures.map(({ keyid }) => (/^[0-9a-f]{1,128}$/.test(keyid) ? keyid : 'a key without a proper name'));
}

/** The first digits of a key's name, for a person. */
export function shortId(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 16) : id;
}

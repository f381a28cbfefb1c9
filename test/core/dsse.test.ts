import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isSignedBy, keyId, parseEnvelope, preAuthenticationEncoding, seal } from '../../src/core/dsse.js';

const pair = generateKeyPairSync('ed25519');
const signing = { key: pair.privateKey, id: keyId(pair.publicKey) };

test('what is signed is what the DSSE specification has as its example', () => {
  const encoded = preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
  expect(encoded.toString('latin1')).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

test('lengths are counted in bytes and not in letters', () => {
  expect(preAuthenticationEncoding('é', Buffer.from('ü€')).toString()).toBe('DSSEv1 2 é 5 ü€');
});

describe('an envelope', () => {
  const envelope = seal('text/plain', 'hello', signing);

  test('is the same for the same text and key, and passes with that key alone', () => {
    expect(seal('text/plain', 'hello', signing)).toEqual(envelope);
    expect(isSignedBy(pair.publicKey, envelope)).toBe(true);
    expect(isSignedBy(generateKeyPairSync('ed25519').publicKey, envelope)).toBe(false);
  });

  test.each([
    ['payload', { payload: Buffer.from('hellp').toString('base64') }],
    ['type', { payloadType: 'text/html' }],
    ['signature', { signatures: [{ keyid: '', sig: Buffer.alloc(64).toString('base64') }] }],
    ['no signature at all', { signatures: [{ keyid: '', sig: '' }] }],
  ])('with another %s does not pass', (_what, change) => {
    expect(isSignedBy(pair.publicKey, { ...envelope, ...change })).toBe(false);
  });

  test('with very many signatures is none: each of them would have to be checked', () => {
    const signatures = Array.from({ length: 1000 }, () => envelope.signatures[0]);
    expect(parseEnvelope(JSON.stringify({ ...envelope, signatures }))).toBeUndefined();
    expect(parseEnvelope(JSON.stringify({ ...envelope, signatures: signatures.slice(0, 3) }))).toBeDefined();
  });

  test.each(['', '[]', 'null', '{}', '{"payload":"","payloadType":"","signatures":[]}', '{"payload":1}'])(
    'is not to be read from %s',
    (text) => expect(parseEnvelope(text)).toBeUndefined(),
  );
});

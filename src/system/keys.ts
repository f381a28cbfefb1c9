import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { KeyUnfit } from '../core/failures/bundle.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, type FileFailure } from './files.js';
import { keyId } from '../core/dsse.js';

/** A new pair of keys. */
export interface WrittenKeys {
  /** Path of the private key: PKCS #8 in PEM, for its owner alone. */
  readonly privateFile: string;
  /** Path of the public key: SubjectPublicKeyInfo in PEM. */
  readonly publicFile: string;
  readonly id: string;
}

/** Makes an ed25519 pair, `<path>.key` and `<path>.pub`. Nothing is overwritten: a file that is there is `key-unfit`. */
export function writeKeys(path: string): Result<WrittenKeys, KeyUnfit | FileFailure> {
  const [privateFile, publicFile] = [`${path}.key`, `${path}.pub`];
  const there = [privateFile, publicFile].find((file) => existsSync(file));
  if (there !== undefined) {
    return failed({ reason: 'key-unfit', path: there, detail: 'it is there already, and a key is never overwritten' });
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return attempt(privateFile, () => {
    // `wx`: whoever put a file there meanwhile keeps it.
    writeFileSync(privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
    writeFileSync(publicFile, publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o644, flag: 'wx' });
    return { privateFile, publicFile, id: keyId(publicKey) };
  });
}

/** A key and its name. */
export interface NamedKey {
  readonly key: KeyObject;
  readonly id: string;
}

/** Reads a private key to sign with. Fails with `key-unfit`. */
export function readPrivateKey(path: string): Result<NamedKey, KeyUnfit | FileFailure> {
  const pem = readPem(path);
  return pem.ok ? privateKeyIn(pem.value, path) : pem;
}

/** The private key that a text in PEM is; `origin` says where the text is from. Fails with `key-unfit`. */
export function privateKeyIn(text: string, origin: string): Result<NamedKey, KeyUnfit> {
  const key = parseKey(text, origin, (pem) =>
    pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : 'it is no private key, and one is needed to sign',
  );
  return key.ok ? success({ key: key.value, id: keyId(createPublicKey(key.value)) }) : key;
}

/** Reads a public key to check with. Fails with `key-unfit`. */
export function readPublicKey(path: string): Result<NamedKey, KeyUnfit | FileFailure> {
  const text = readPem(path);
  if (!text.ok) {
    return text;
  }
  const key = parseKey(text.value, path, (pem) =>
    pem.includes('PRIVATE KEY')
      ? 'it is a private key; the public one checks, and may be seen by all'
      : createPublicKey(pem),
  );
  return key.ok ? success({ key: key.value, id: keyId(key.value) }) : key;
}

/** Text of a key's file. */
function readPem(path: string): Result<string, KeyUnfit | FileFailure> {
  const pem = attempt(path, () => readFileSync(path, 'utf8'));
  const isMissing = !pem.ok && pem.failure.reason === 'file-trouble' && pem.failure.code === 'ENOENT';
  return isMissing ? failed({ reason: 'key-unfit', path, detail: 'it is not there' }) : pem;
}

function parseKey(pem: string, path: string, parse: (pem: string) => KeyObject | string): Result<KeyObject, KeyUnfit> {
  const unfit = (detail: string): Result<never, KeyUnfit> => failed({ reason: 'key-unfit', path, detail });
  let key: KeyObject | string;
  try {
    key = parse(pem);
  } catch {
    return unfit(pem.includes('ENCRYPTED') ? 'it is locked by a passphrase' : 'it is no key in PEM');
  }
  if (typeof key === 'string') {
    return unfit(key);
  }
  const kind = key.asymmetricKeyType ?? 'unknown';
  return kind === 'ed25519' ? success(key) : unfit(`it is of the kind ${kind}, and ed25519 is needed`);
}

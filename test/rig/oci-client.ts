import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestBytes, type Digest } from '../../src/core/digest.js';
import type { RegistryCredentials } from '../../src/remote/oci/access.js';
import { ociAddress } from '../../src/remote/oci/address.js';
import { ociStore } from '../../src/remote/oci/store.js';
import type { Answer, RemoteStore } from '../../src/remote/store.js';

/** A machine that speaks to a registry, with what it has in a folder. */
export interface OciClient {
  readonly store: RemoteStore;
  /** Sends bytes, and then a record that needs them. */
  share(
    key: Digest,
    record: string,
    wish?: { readonly signer?: string; readonly objects?: readonly string[] },
  ): Promise<Answer>;
  /** The record that is found by a key, by one of these signers; else what came of it. */
  find(key: Digest, ...signers: string[]): Promise<string>;
  /** Bytes by their digest; else what came of it. */
  bring(digest: Digest, mostBytes?: number): Promise<string>;
}

const PATIENCE = { connect: 2000, stall: 2000, base: 4000, leastBytesPerSecond: 1024 * 1024 };
let files = 0;

/** A client of `oci://<host>/team/cache`. */
export function ociClient(
  host: string,
  folder: string,
  { credentials = {}, isInsecure = false }: { credentials?: RegistryCredentials; isInsecure?: boolean } = {},
): OciClient {
  const address = ociAddress(new URL(`oci://${host}/team/cache`), isInsecure);
  if (!address.ok) {
    throw new Error(address.failure);
  }
  const store = ociStore({
    address: address.value,
    credentials: () => Promise.resolve(credentials),
    patience: PATIENCE,
  });
  const { signal } = new AbortController();
  const file = (): string => join(folder, String((files += 1)));
  const write = (text: string): { path: string; bytes: number } => {
    const path = file();
    writeFileSync(path, text);
    return { path, bytes: Buffer.byteLength(text) };
  };
  const read = (answer: Answer, path: string): string =>
    answer.kind === 'done'
      ? readFileSync(path, 'utf8')
      : 'detail' in answer
        ? `${answer.kind}: ${answer.detail}`
        : answer.kind;
  return {
    store,
    async share(key, record, { signer = ALICE, objects = [] } = {}) {
      for (const object of objects) {
        const answer = await store.put({ shelf: 'cas', key: digestBytes(object) }, write(object), signal);
        if (answer.kind !== 'done') {
          return answer;
        }
      }
      const needs = objects.map((each) => ({ digest: digestBytes(each), bytes: Buffer.byteLength(each) }));
      return store.put(
        { shelf: 'ac', key },
        { ...write(record), about: { step: 'make:kernel', signer, needs } },
        signal,
      );
    },
    async find(key, ...signers) {
      const path = file();
      return read(await store.get({ shelf: 'ac', key }, { path, mostBytes: 1 << 20, signers }, signal), path);
    },
    async bring(digest, mostBytes = 1 << 20) {
      const path = file();
      return read(await store.get({ shelf: 'cas', key: digest }, { path, mostBytes }, signal), path);
    },
  };
}

/** Names of two keys. */
export const ALICE = 'a'.repeat(64);
export const BOB = 'b'.repeat(64);

import { writeFileSync } from 'node:fs';
import { digestBytes } from '../../core/digest.js';
import { attempt } from '../../system/files.js';
import { PATIENCE, type StorePatience } from '../patience.js';
import type { Answer, RemoteStore } from '../store.js';
import type { RegistryCredentials } from './access.js';
import type { OciAddress } from './address.js';
import { Publishing } from './publishing.js';
import { Records } from './records.js';
import { Registry } from './registry.js';

/** A registry as a shared cache. */
export interface OciStoreOptions {
  readonly address: OciAddress;
  /** Asked for once, when the registry first wants to know. */
  readonly credentials: () => Promise<RegistryCredentials>;
  readonly patience?: StorePatience | undefined;
}

/** The digest of an empty file. It needs no server, and some refuse to keep it. */
const NOTHING = digestBytes('');
const DONE: Answer = { kind: 'done' };

/** Keeps objects as blobs, and each record as a manifest that refers to the manifest of its key. */
export function ociStore({ address, credentials, patience = PATIENCE }: OciStoreOptions): RemoteStore {
  const registry = new Registry({ address, credentials, patience });
  const records = new Records(registry);
  const publishing = new Publishing(registry);
  return {
    host: address.registry,
    async get({ shelf, key }, to, signal) {
      if (shelf === 'ac') {
        return records.get(key, to, signal);
      }
      if (key === NOTHING) {
        return attempt(to.path, () => writeFileSync(to.path, '')).ok ? DONE : { kind: 'missing' };
      }
      return registry.blob(key, { method: 'GET', action: 'pull', to, bytes: to.mostBytes, signal });
    },
    async has({ shelf, key }, signal) {
      if (shelf === 'ac') {
        return records.has(key, signal);
      }
      return key === NOTHING ? DONE : registry.blob(key, { method: 'HEAD', action: 'push', signal });
    },
    async put({ shelf, key }, from, signal) {
      if (shelf === 'ac') {
        return publishing.put(key, from, signal);
      }
      return key === NOTHING ? DONE : registry.putBlob(key, from, signal);
    },
  };
}

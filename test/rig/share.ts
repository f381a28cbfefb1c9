import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Step } from '../../src/core/step.js';
import type { PipelineRequest } from '../../src/engine/index.js';
import { httpStore } from '../../src/remote/http-store.js';
import type { StorePatience } from '../../src/remote/patience.js';
import type { Manner } from '../../src/remote/patient-store.js';
import { sharedCache } from '../../src/remote/shared-cache.js';
import type { RemoteStore } from '../../src/remote/store.js';
import { readPrivateKey, readPublicKey, writeKeys, type NamedKey } from '../../src/system/keys.js';
import { tinyStep, type TinyStep } from './pipeline.js';

/** A pair of keys. */
export interface KeyPair {
  readonly own: NamedKey;
  readonly trusted: NamedKey;
  readonly privateFile: string;
  readonly publicFile: string;
}

/** Makes a pair in a folder. */
export function keyPair(folder: string): KeyPair {
  const written = writeKeys(join(folder, randomBytes(4).toString('hex')));
  if (!written.ok) {
    throw new Error(JSON.stringify(written.failure));
  }
  const { privateFile, publicFile } = written.value;
  const [own, trusted] = [readPrivateKey(privateFile), readPublicKey(publicFile)];
  if (!own.ok || !trusted.ok) {
    throw new Error('a key that was just written cannot be read');
  }
  return { own: own.value, trusted: trusted.value, privateFile, publicFile };
}

/** A tiny step whose result others can use. */
export function sharedStep(tiny: TinyStep, ran: string[] = []): Step {
  return { ...tinyStep(tiny, ran), sharedWith: 'machines' };
}

/** How a test shares. */
export interface ShareOptions {
  readonly url: string;
  /** In place of one that speaks HTTP with the address. */
  readonly store?: RemoteStore;
  readonly workspace: string;
  readonly trusted?: readonly NamedKey[];
  readonly signingKey?: NamedKey;
  readonly authorization?: string;
  readonly patience?: StorePatience;
  readonly manner?: Partial<Manner>;
  readonly tickMilliseconds?: number;
  readonly isThorough?: boolean;
}

/** What opens a shared cache for a run; it gives up sooner than usual. */
export function shareWith(options: ShareOptions): NonNullable<PipelineRequest['share']> {
  const { url, workspace, trusted = [], signingKey, authorization, tickMilliseconds, isThorough = false } = options;
  const patience = options.patience ?? { connect: 500, stall: 500, base: 1000, leastBytesPerSecond: 1024 * 1024 };
  const store = options.store ?? httpStore({ url, authorization, patience });
  const manner = { pauseMilliseconds: 5, ...options.manner };
  const scratch = join(workspace, 'staging');
  const memory = join(workspace, 'state', 'shared', 'test');
  const tick = tickMilliseconds === undefined ? {} : { tickMilliseconds };
  const places = { store, scratch, memory };
  return (tell, signal) => sharedCache({ ...places, trusted, signingKey, isThorough, tell, signal, manner, ...tick });
}

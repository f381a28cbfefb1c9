import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { SigningKey } from '../core/dsse.js';
import type { OfferedResult, SharedKey } from '../engine/index.js';
import type { Progress, StepName } from '../core/step.js';
import { attempt, attemptAsync, digestFile, freshFolder, remove } from '../system/files.js';
import type { Ledger } from './ledger.js';
import { pack, type Packed } from './packing.js';
import { resultKey, sealResult } from './signed-result.js';
import type { RemoteStore } from './store.js';

/** What sends needs. */
export interface UploadOptions {
  readonly store: RemoteStore;
  readonly signingKey: SigningKey;
  /** Folder for compressed bytes. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** What lies on the server under another digest than its own, or could not be had: it is sent again unasked. */
  readonly suspects: ReadonlySet<Digest>;
  readonly ledger: Ledger;
  /** Whether the server has a result that others can use; `unknown` where it does not say. */
  readonly whetherThere: (key: SharedKey, signal: AbortSignal) => Promise<Presence>;
  /** Says that the workspace's own cache is damaged. */
  readonly damaged: (step: StepName) => void;
}

/** What a server says of a result. */
export type Presence = 'there' | 'missing' | 'unknown';

/** How far the sending is. */
export interface Sent {
  /** Results that others can have now. */
  readonly results: number;
  /** Results that were given up. */
  readonly lost: number;
  /** Results that wait or are under way. */
  readonly waiting: number;
  /** Bytes that were sent, as they are stored. */
  readonly bytes: number;
  /** What is under way. */
  readonly current?: { readonly step: StepName; readonly progress: Progress };
}

/** A result that waits. */
interface Offer {
  readonly offered: OfferedResult;
  readonly since: 'made' | 'kept';
}

/** Sends results one after the other, in the background, each object before the record that names it. */
export class Uploads {
  readonly #options: UploadOptions;
  readonly #queue: Offer[] = [];
  /** What was offered already, by any way. */
  readonly #offered = new Set<Digest>();
  #current: { readonly stop: AbortController; readonly ended: Promise<void>; readonly step: StepName } | undefined;
  #progress: Progress | undefined;
  /** What the server has by now. */
  readonly #known = new Set<Digest>();
  #hushed = false;
  #sent = { results: 0, lost: 0, bytes: 0 };

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  /** How far it is. */
  sent(): Sent {
    const { step } = this.#current ?? {};
    const progress = this.#progress;
    const current = step === undefined || progress === undefined ? {} : { current: { step, progress } };
    return { ...this.#sent, waiting: this.#queue.length + (this.#current === undefined ? 0 : 1), ...current };
  }

  /** Takes note of a result; of each once. */
  add(offer: Offer): void {
    const key = resultKey(offer.offered);
    if (!this.#offered.has(key)) {
      this.#offered.add(key);
      this.#options.ledger.owe(offer.offered);
      this.#queue.push(offer);
      this.#goOn();
    }
  }

  /** Breaks off what is under way, to be sent again later, and begins nothing. */
  async hush(): Promise<void> {
    this.#hushed = true;
    this.#current?.stop.abort();
    await this.#current?.ended;
  }

  resume(): void {
    this.#hushed = false;
    this.#goOn();
  }

  /** Ends when nothing is left to send. */
  async drained(): Promise<void> {
    while (this.#current !== undefined) {
      await this.#current.ended;
    }
  }

  #goOn(): void {
    if (this.#hushed || this.#current !== undefined || this.#options.signal.aborted) {
      return;
    }
    const next = this.#queue.shift();
    if (next !== undefined) {
      const stop = new AbortController();
      const ended = this.#send(next, AbortSignal.any([stop.signal, this.#options.signal]));
      this.#current = { stop, ended, step: next.offered.step };
    }
  }

  async #send(offer: Offer, signal: AbortSignal): Promise<void> {
    // Behind what made it, which has more to say.
    await Promise.resolve();
    const settled = await attemptAsync(this.#options.scratch, () => this.#settle(offer, signal));
    this.#current = undefined;
    this.#progress = undefined;
    const { ledger } = this.#options;
    if (settled.ok && settled.value !== 'lost') {
      this.#sent.results += settled.value === 'sent' ? 1 : 0;
    } else if (signal.aborted) {
      this.#queue.unshift(offer);
    } else {
      ledger.troubled();
      this.#sent.lost += 1;
    }
    this.#goOn();
  }

  /** What becomes of a result; the ledger knows then. */
  async #settle(offer: Offer, signal: AbortSignal): Promise<'sent' | 'there' | 'gone' | 'lost'> {
    const { ledger } = this.#options;
    const known = offer.since === 'kept' ? await this.#whatBecameOf(offer.offered, signal) : 'missing';
    if (known === 'gone') {
      ledger.forget(offer.offered);
      return 'gone';
    }
    const isSent = known === 'missing' && (await this.#sendAll(offer.offered, signal));
    if (known !== 'there' && !isSent) {
      if (known === 'missing' && offer.since === 'kept' && !signal.aborted) {
        ledger.failed(offer.offered);
      }
      return 'lost';
    }
    ledger.settle(offer.offered);
    return isSent ? 'sent' : 'there';
  }

  /** Of a result from an earlier run; `gone` where it is not to be had here any more. */
  async #whatBecameOf(offered: OfferedResult, signal: AbortSignal): Promise<Presence | 'gone'> {
    const { whetherThere, damaged } = this.#options;
    const presence = await whetherThere(offered, signal);
    if (presence !== 'missing' || areSound(offered)) {
      return presence;
    }
    damaged(offered.step);
    return 'gone';
  }

  async #sendAll(offered: OfferedResult, signal: AbortSignal): Promise<boolean> {
    const folder = freshFolder(this.#options.scratch, 'share-');
    try {
      const blobs: Record<string, Packed> = {};
      for (const [digest, path] of offered.objects) {
        const packed = await this.#sendObject({ digest, path, scratch: join(folder, digest) }, signal);
        if (packed === undefined) {
          return false;
        }
        blobs[digest] = packed;
      }
      const { record } = offered;
      const envelope = join(folder, 'record');
      writeFileSync(envelope, sealResult(offered, { record, blobs }, this.#options.signingKey));
      return await this.#sendRecord(offered, { path: envelope, blobs: Object.values(blobs) }, signal);
    } finally {
      remove(folder);
    }
  }

  async #sendObject(
    { digest, path, scratch }: { digest: Digest; path: string; scratch: string },
    signal: AbortSignal,
  ): Promise<Packed | undefined> {
    const sendable = signal.aborted ? undefined : await pack(digest, path, scratch);
    if (sendable === undefined) {
      return undefined;
    }
    const { stored, bytes } = sendable.packed;
    const place = { shelf: 'cas', key: stored } as const;
    if (await this.#isThere(stored, signal)) {
      return sendable.packed;
    }
    const sent = (done: number): void => {
      this.#progress = { done, total: bytes, unit: 'bytes' };
    };
    const answer = await this.#options.store.put(place, { path: sendable.path, bytes, sent }, signal);
    remove(scratch);
    if (answer.kind !== 'done') {
      return undefined;
    }
    this.#known.add(stored);
    this.#sent.bytes += bytes;
    return sendable.packed;
  }

  async #isThere(key: Digest, signal: AbortSignal): Promise<boolean> {
    const { suspects, store } = this.#options;
    if (this.#known.has(key) || suspects.has(key)) {
      return this.#known.has(key);
    }
    const { kind } = await store.has({ shelf: 'cas', key }, signal);
    if (kind === 'done') {
      this.#known.add(key);
    }
    return kind === 'done';
  }

  async #sendRecord(
    offered: OfferedResult,
    { path, blobs }: { path: string; blobs: readonly Packed[] },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { store, signingKey } = this.#options;
    const place = { shelf: 'ac', key: resultKey(offered) } as const;
    const needs = blobs.map(({ stored, bytes }) => ({ digest: stored, bytes }));
    const about = { step: offered.step, signer: signingKey.id, needs };
    const answer = await store.put(place, { path, bytes: statSync(path).size, about }, signal);
    return answer.kind === 'done';
  }
}

/** What has lain for a while may have gone bad: nobody is to be misled by it, not even until he looks. */
function areSound({ objects }: OfferedResult): boolean {
  return [...objects].every(([digest, path]) => {
    const found = attempt(path, () => digestFile(path));
    return found.ok && found.value === digest;
  });
}

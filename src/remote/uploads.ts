import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { SigningKey } from '../core/dsse.js';
import type { OfferedResult } from '../engine/index.js';
import { attemptAsync, freshFolder, remove } from '../system/files.js';
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
}

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
}

/** Sends results one after the other, in the background, each object before the record that names it. */
export class Uploads {
  readonly #options: UploadOptions;
  readonly #queue: OfferedResult[] = [];
  #current: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  /** What the server has by now. */
  readonly #known = new Set<Digest>();
  #hushed = false;
  #sent = { results: 0, lost: 0, bytes: 0 };

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  /** How far it is. */
  sent(): Sent {
    return { ...this.#sent, waiting: this.#queue.length + (this.#current === undefined ? 0 : 1) };
  }

  add(offered: OfferedResult): void {
    this.#queue.push(offered);
    this.#goOn();
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
      this.#current = { stop, ended };
    }
  }

  async #send(offered: OfferedResult, signal: AbortSignal): Promise<void> {
    // Behind what made it, which has more to say.
    await Promise.resolve();
    const isSent = await attemptAsync(this.#options.scratch, () => this.#sendAll(offered, signal));
    this.#current = undefined;
    if (isSent.ok && isSent.value) {
      this.#sent.results += 1;
    } else if (signal.aborted && !this.#options.signal.aborted) {
      this.#queue.unshift(offered);
    } else {
      this.#sent.lost += 1;
    }
    this.#goOn();
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
    const answer = await this.#options.store.put(place, { path: sendable.path, bytes }, signal);
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

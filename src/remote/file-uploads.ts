import { attempt, remove } from '../system/files.js';
import type { Place, RemoteStore, Sending } from './store.js';

/** Files at once. */
const AT_ONCE = 4;

interface Upload {
  readonly place: Place;
  readonly from: Sending;
}

/** Sends small files in the background, several at once, and removes each afterwards. What cannot be sent is given up. */
export class FileUploads {
  readonly #store: RemoteStore;
  readonly #signal: AbortSignal;
  readonly #queue: Upload[] = [];
  readonly #current = new Set<Promise<void>>();
  #stop = new AbortController();
  #hushed = false;
  sent = { files: 0, bytes: 0, lost: 0 };

  constructor({ store, signal }: { readonly store: RemoteStore; readonly signal: AbortSignal }) {
    this.#store = store;
    this.#signal = signal;
  }

  add(place: Place, from: Sending): void {
    this.#queue.push({ place, from });
    this.#goOn();
  }

  /** How many are not sent yet. */
  waiting(): number {
    return this.#queue.length + this.#current.size;
  }

  /** Breaks off what is under way, to be sent again later, and begins nothing. */
  async hush(): Promise<void> {
    this.#hushed = true;
    this.#stop.abort();
    await Promise.all(this.#current);
  }

  resume(): void {
    this.#hushed = false;
    this.#stop = new AbortController();
    this.#goOn();
  }

  /** Ends when nothing is left to send. */
  async drained(): Promise<void> {
    while (this.#current.size > 0) {
      await Promise.race(this.#current);
    }
  }

  #goOn(): void {
    while (!this.#hushed && !this.#signal.aborted && this.#current.size < AT_ONCE) {
      const next = this.#queue.shift();
      if (next === undefined) {
        return;
      }
      const ended: Promise<void> = this.#send(next, this.#stop.signal).then(() => {
        this.#current.delete(ended);
        this.#goOn();
      });
      this.#current.add(ended);
    }
  }

  async #send(upload: Upload, stop: AbortSignal): Promise<void> {
    const { place, from } = upload;
    const { kind } = await this.#store.put(place, from, AbortSignal.any([stop, this.#signal]));
    if (kind !== 'done' && stop.aborted && !this.#signal.aborted) {
      this.#queue.unshift(upload);
      return;
    }
    attempt(from.path, () => remove(from.path));
    if (kind === 'done') {
      this.sent = { ...this.sent, files: this.sent.files + 1, bytes: this.sent.bytes + from.bytes };
    } else {
      this.sent = { ...this.sent, lost: this.sent.lost + 1 };
    }
  }
}

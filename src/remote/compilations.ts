import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SharedCompilations } from '../core/compilations.js';
import type { SigningKey } from '../core/dsse.js';
import { attempt, freshFolder, remove, uniqueSuffix } from '../system/files.js';
import type { NamedKey } from '../system/keys.js';
import { openRelay } from './compilation-relay.js';
import { FileUploads } from './file-uploads.js';
import { compilationKey, openCompilation, sealCompilation } from './signed-compilation.js';
import type { RemoteStore } from './store.js';

/** What compilers have made on other machines. */
export interface CompilationsOptions {
  readonly store: RemoteStore;
  /** Whose signature makes an entry count. Where there is a key to sign with, its own: who signs vouches for what he used. */
  readonly trusted: readonly NamedKey[];
  readonly signingKey?: SigningKey | undefined;
  /** Folder for what is half-made. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Hears why an entry is not used, as the end of a sentence that begins with it. */
  readonly refused: (detail: string) => void;
}

/** More than ccache makes of one compilation. */
const MOST_BYTES = 64 * 1024 * 1024;
/** A compiler is quicker than what takes longer. */
const MOST_MILLISECONDS = 3_000;
/** So many lookups without an answer: what is being built is nothing that others have built. */
const MOST_IN_VAIN = 60;
/** So many in a row that took too long: the server is slower than the compiler. */
const MOST_SLOW = 8;

/**
 * Lets ccache share its entries by a server that is not trusted. ccache itself checks no origin, so it speaks to us, and
 * we sign what it gives, and hand to it only what somebody who is trusted has signed. Credentials stay with us.
 */
export class Compilations {
  readonly #options: CompilationsOptions;
  readonly #uploads: FileUploads;

  constructor(options: CompilationsOptions) {
    this.#options = options;
    this.#uploads = new FileUploads(options);
  }

  /** Opens an address for one build; `undefined` where nothing would go in or out. */
  async serve(): Promise<SharedCompilations | undefined> {
    const { trusted, signingKey, scratch } = this.#options;
    if (trusted.length === 0 && signingKey === undefined) {
      return undefined;
    }
    const folder = attempt(scratch, () => freshFolder(scratch, 'share-'));
    if (!folder.ok) {
      return undefined;
    }
    let inVain = 0;
    let slow = 0;
    const get = async (name: string): Promise<Buffer | undefined> => {
      if (inVain >= MOST_IN_VAIN || slow >= MOST_SLOW) {
        return undefined;
      }
      const limit = AbortSignal.timeout(MOST_MILLISECONDS);
      const found = await this.#find(name, folder.value, limit);
      inVain = found === undefined ? inVain + 1 : -Infinity;
      slow = limit.aborted ? slow + 1 : 0;
      return found;
    };
    const put = (name: string, bytes: Buffer): void => this.#offer(name, bytes, folder.value);
    const isReadOnly = signingKey === undefined;
    return openRelay({ get, put, mostBytes: MOST_BYTES, isReadOnly, isOfOthers: isReadOnly });
  }

  /** Entries that were sent, and their bytes; entries that were given up; and those that wait. */
  get uploads(): FileUploads {
    return this.#uploads;
  }

  async #find(name: string, folder: string, limit: AbortSignal): Promise<Buffer | undefined> {
    const { store, trusted, signal, refused } = this.#options;
    if (trusted.length === 0) {
      return undefined;
    }
    const path = join(folder, `get${uniqueSuffix()}`);
    const to = { path, mostBytes: MOST_BYTES, signers: trusted.map(({ id }) => id) };
    const place = { shelf: 'ac', key: compilationKey(name) } as const;
    const answer = await store.get(place, to, AbortSignal.any([signal, limit]));
    const stored = answer.kind === 'done' ? attempt(path, () => readFileSync(path)) : undefined;
    attempt(path, () => remove(path));
    if (stored?.ok !== true) {
      return undefined;
    }
    const opened = openCompilation(stored.value, name, trusted);
    if ('refused' in opened) {
      refused(opened.refused);
      return undefined;
    }
    return opened.bytes;
  }

  #offer(name: string, bytes: Buffer, folder: string): void {
    const { signingKey } = this.#options;
    if (signingKey === undefined) {
      return;
    }
    const path = join(folder, `put${uniqueSuffix()}`);
    const sealed = sealCompilation(name, bytes, signingKey);
    if (attempt(path, () => writeFileSync(path, sealed)).ok) {
      const about = { step: 'compilation', signer: signingKey.id, needs: [] };
      this.#uploads.add({ shelf: 'ac', key: compilationKey(name) }, { path, bytes: sealed.length, about });
    }
  }
}

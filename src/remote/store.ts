import type { Digest } from '../core/digest.js';

/** `ac`: what is found by what it was made from; `cas`: bytes that are found by their own digest. */
export type Shelf = 'ac' | 'cas';

/** What is asked for. */
export interface Place {
  readonly shelf: Shelf;
  readonly key: Digest;
}

/**
 * What came of a request. `missing`: the server has no such thing. `refused`: it does not want to, and will not the next
 * time. `trouble`: another try may do, unless it was `slow`. A `detail` ends a sentence that begins with the server.
 */
export type Answer =
  | { readonly kind: 'done' | 'missing' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'trouble'; readonly detail: string; readonly slow: boolean };

/** Where the bytes of an answer go. */
export interface Destination {
  /** A file, which is overwritten. */
  readonly path: string;
  /** More is trouble. */
  readonly mostBytes: number;
  /** For a record: the names of the keys that count. A store that keeps one for each signer looks for one of theirs first. */
  readonly signers?: readonly string[];
}

/** What is sent: a file of so many bytes. */
export interface Sending {
  readonly path: string;
  readonly bytes: number;
  /** Hears of how many have gone. */
  readonly sent?: (bytes: number) => void;
  /** For a record: what a store may want to know without reading it. */
  readonly about?: RecordFacts;
}

/** What a record is of. */
export interface RecordFacts {
  readonly step: string;
  /** The name of the key that has signed it. */
  readonly signer: string;
  /** What it needs of the shelf `cas`: some stores keep bytes only as long as something names them. */
  readonly needs: readonly { readonly digest: Digest; readonly bytes: number }[];
}

/** Something that keeps bytes for many machines. Nothing that it gives is believed. Fails never. */
export interface RemoteStore {
  /** The host, for a person. */
  readonly host: string;
  /** True: a request costs it little, so that many small things can be kept there. */
  readonly takesMany?: boolean;
  /** Brings what lies at a place. */
  get(place: Place, to: Destination, signal: AbortSignal): Promise<Answer>;
  /** Tells whether there is something. */
  has(place: Place, signal: AbortSignal): Promise<Answer>;
  /** Puts something there. */
  put(place: Place, from: Sending, signal: AbortSignal): Promise<Answer>;
}

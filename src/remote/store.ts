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

/** Something that keeps bytes for many machines. Nothing that it gives is believed. Fails never. */
export interface RemoteStore {
  /** The host, for a person. */
  readonly host: string;
  /** Brings what lies at a place into a file, which is overwritten; more than `mostBytes` is trouble. */
  get(place: Place, to: { readonly path: string; readonly mostBytes: number }, signal: AbortSignal): Promise<Answer>;
  /** Tells whether there is something. */
  has(place: Place, signal: AbortSignal): Promise<Answer>;
  /** Puts a file of so many bytes there. */
  put(place: Place, from: { readonly path: string; readonly bytes: number }, signal: AbortSignal): Promise<Answer>;
}

import type { SharedCompilations } from '../core/compilations.js';
import type { Digest } from '../core/digest.js';
import type { Json } from '../core/json.js';
import type { Step } from '../core/step.js';

/** Which result is looked for, or offered. */
export interface SharedKey {
  readonly step: string;
  readonly fingerprint: Digest;
  readonly sharedWith: NonNullable<Step['sharedWith']>;
}

/** Results that other machines have made. Whatever is wrong with it costs a miss: it fails never. */
export interface SharedResults {
  /** Where results come from, for a person. */
  readonly host: string;
  /** The result of a fingerprint, told by somebody who is trusted; `undefined` where there is none. */
  find(key: SharedKey): Promise<FoundResult | undefined>;
  /**
   * Takes note of a result to share. Its objects stay where they are, and are sent when there is time: at once what this
   * run has made, and what was kept from earlier ones where the server is not known to have it.
   */
  offer(offered: OfferedResult, since: 'made' | 'kept'): void;
  /** True: it also takes what came from others, because all who read it trust them, too. */
  readonly takesAll?: true;
  /** What earlier runs have offered and could not send. */
  owed(): readonly SharedKey[];
  /** Takes a result off that list: it is not to be had any more. */
  forget(key: SharedKey): void;
  /** Opens what other machines have compiled, for ccache; `undefined` where that cannot be had. */
  compilations?(): Promise<SharedCompilations | undefined>;
  /** Sends nothing until `resume`: what is timed must not be disturbed. Ends when nothing is under way. */
  hush(): Promise<void>;
  resume(): void;
  /** Ends when all that was offered is sent or given up. */
  finish(): Promise<void>;
}

/** A result that somebody else has made. */
export interface FoundResult {
  /** A record as it was told: its shape is yet to be checked. */
  readonly record: Json;
  /** Brings an object to a path, its digest checked. False where it could not be had. */
  bring(digest: Digest, to: string): Promise<boolean>;
  /** Says that the record is not what it should be. */
  refuse(detail: string): void;
}

/** A result to be shared. */
export interface OfferedResult extends SharedKey {
  readonly record: Json;
  /** The objects that the record names: digest -> path. */
  readonly objects: ReadonlyMap<Digest, string>;
}

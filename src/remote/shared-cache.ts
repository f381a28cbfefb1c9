import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../core/digest.js';
import type { SigningKey } from '../core/dsse.js';
import type { EventSink } from '../core/event.js';
import type { FoundResult, OfferedResult, SharedKey, SharedResults } from '../engine/index.js';
import { attempt, remove, uniqueSuffix } from '../system/files.js';
import type { NamedKey } from '../system/keys.js';
import { canUnpack, unpack, type Wanted } from './packing.js';
import { patientStore, type Manner } from './patient-store.js';
import { openResult, resultKey, type SignedResult } from './signed-result.js';
import type { RemoteStore } from './store.js';
import { Uploads } from './uploads.js';

/** A shared cache as it is to be used. */
export interface SharedCacheOptions {
  readonly store: RemoteStore;
  /** Whose records count; nothing is read where there are none. */
  readonly trusted: readonly NamedKey[];
  /** What records are signed with; nothing is sent where it is missing. */
  readonly signingKey?: SigningKey | undefined;
  /** Folder for what is half-made, on the workspace's file system. */
  readonly scratch: string;
  readonly tell: EventSink;
  readonly signal: AbortSignal;
  readonly manner?: Partial<Manner>;
  /** Milliseconds between two lines on what is still being sent. */
  readonly lineMilliseconds?: number;
}

/** More than any record is. */
const MOST_RECORD_BYTES = 32 * 1024 * 1024;
const LINE_MILLISECONDS = 10_000;

/** Results on a server that is not trusted, signed by people who are. */
export function sharedCache(options: SharedCacheOptions): SharedResults {
  const told = new OneWarning(options);
  const store = patientStore(options.store, (detail) => told.trouble(detail), options.manner);
  const { scratch, signal, signingKey } = options;
  const suspects = new Set<Digest>();
  const uploads = signingKey && new Uploads({ store, signingKey, scratch, signal, suspects });
  return {
    host: store.host,
    find: (key) => find({ ...options, store, told, suspects }, key),
    offer: (offered: OfferedResult) => uploads?.add(offered),
    hush: async () => uploads?.hush(),
    resume: () => uploads?.resume(),
    finish: async () => (uploads === undefined ? undefined : finish(options, uploads)),
  };
}

/** What goes wrong with the server is said once in a run, whatever comes of it later. */
class OneWarning {
  #isTold = false;

  constructor(private readonly options: SharedCacheOptions) {}

  trouble(detail: string): void {
    if (!this.#isTold) {
      this.#isTold = true;
      this.#warn(`the shared cache ${this.options.store.host} ${detail}: what it would have is made here`);
    }
  }

  /** Somebody's record that must not be used; each is named. */
  refused(step: string, detail: string): void {
    this.#warn(`the record of ${step} in the shared cache ${this.options.store.host} ${detail}: it is not used`, step);
  }

  #warn(text: string, step?: string): void {
    this.options.tell({ event: 'notice', level: 'warning', text, ...(step === undefined ? {} : { step }) });
  }
}

interface Reading extends SharedCacheOptions {
  readonly told: OneWarning;
  /** Blobs that could not be had as they should be. */
  readonly suspects: Set<Digest>;
}

async function find(reading: Reading, key: SharedKey): Promise<FoundResult | undefined> {
  const { store, scratch, signal, trusted, told } = reading;
  if (trusted.length === 0) {
    return undefined;
  }
  const path = join(scratch, `share-${uniqueSuffix()}`);
  const made = attempt(scratch, () => mkdirSync(scratch, { recursive: true }));
  const place = { shelf: 'ac', key: resultKey(key) } as const;
  const to = { path, mostBytes: MOST_RECORD_BYTES, signers: trusted.map(({ id }) => id) };
  const answer = made.ok ? await store.get(place, to, signal) : undefined;
  const text = answer?.kind === 'done' ? attempt(path, () => readFileSync(path, 'utf8')) : undefined;
  attempt(path, () => remove(path));
  if (text?.ok !== true) {
    return undefined;
  }
  const opened = openResult(text.value, key, trusted);
  if ('refused' in opened) {
    told.refused(key.step, opened.refused);
    return undefined;
  }
  return foundResult(reading, key, opened.result);
}

function foundResult(reading: Reading, { step }: SharedKey, { record, blobs }: SignedResult): FoundResult {
  const { told } = reading;
  return {
    record,
    refuse: (detail) => told.refused(step, detail),
    bring: async (digest, to) => {
      const packed = blobs[digest];
      return packed !== undefined && bring(reading, { digest, packed, to });
    },
  };
}

async function bring({ store, signal, told, suspects }: Reading, wanted: Wanted): Promise<boolean> {
  const { digest, packed, to } = wanted;
  if (!canUnpack(packed.encoding)) {
    told.trouble(`has bytes compressed as ${packed.encoding}, which this Node.js cannot undo`);
    return false;
  }
  const path = `${to}.stored`;
  const place = { shelf: 'cas', key: packed.stored } as const;
  const answer = await store.get(place, { path, mostBytes: packed.bytes }, signal);
  if (answer.kind !== 'done') {
    suspects.add(packed.stored);
    return false;
  }
  const isRight =
    packed.encoding === 'identity'
      ? packed.stored === digest && attempt(to, () => renameSync(path, to)).ok
      : await unpack(wanted, path);
  attempt(path, () => remove(path));
  return isRight;
}

/** Waits for what is still to be sent, and says so where that takes time. */
async function finish({ tell, signal, store, lineMilliseconds }: SharedCacheOptions, uploads: Uploads): Promise<void> {
  const say = (text: string): void => tell({ event: 'notice', level: 'info', text });
  const stop = new AbortController();
  const lines = (async () => {
    while (uploads.sent().waiting > 0) {
      const { waiting, bytes } = uploads.sent();
      say(
        `sending ${waiting} ${waiting === 1 ? 'result' : 'results'} to ${store.host}, ${mebibytes(bytes)} MiB so far`,
      );
      await sleep(lineMilliseconds ?? LINE_MILLISECONDS, undefined, { signal: stop.signal });
    }
  })().catch(() => undefined);
  uploads.resume();
  await uploads.drained();
  stop.abort();
  await lines;
  const { results, lost, bytes } = uploads.sent();
  if (results > 0) {
    say(`${results} ${results === 1 ? 'result' : 'results'} sent to ${store.host}, ${mebibytes(bytes)} MiB`);
  }
  if (lost > 0 && !signal.aborted) {
    say(`${lost} ${lost === 1 ? 'result' : 'results'} could not be sent to ${store.host}`);
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

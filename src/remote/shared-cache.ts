import { createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { EventSink, RunEvent } from '../core/event.js';
import type { FoundResult, OfferedResult, SharedKey, SharedResults } from '../engine/index.js';
import { attempt, remove, uniqueSuffix } from '../system/files.js';
import type { NamedKey } from '../system/keys.js';
import { Compilations } from './compilations.js';
import { canUnpack, unpack, type Wanted } from './packing.js';
import { patientStore, type Manner } from './patient-store.js';
import { Ledger } from './ledger.js';
import { openResult, resultKey, type Opened, type SignedResult } from './signed-result.js';
import type { RemoteStore } from './store.js';
import { Uploads, type Presence, type Sent } from './uploads.js';

/** A shared cache as it is to be used. */
export interface SharedCacheOptions {
  readonly store: RemoteStore;
  /** Whose records count; nothing is read where there are none. */
  readonly trusted: readonly NamedKey[];
  /** What records are signed with; nothing is sent where it is missing. */
  readonly signingKey?: NamedKey | undefined;
  /** Folder for what is half-made, on the workspace's file system. */
  readonly scratch: string;
  /** Folder for what is remembered of this server and key. */
  readonly memory: string;
  /** True: what was sent earlier is looked for once more. */
  readonly isThorough?: boolean;
  readonly tell: EventSink;
  readonly signal: AbortSignal;
  readonly manner?: Partial<Manner>;
  /** Milliseconds between two events on what is still being sent. */
  readonly tickMilliseconds?: number;
}

/** More than any record is. */
const MOST_RECORD_BYTES = 32 * 1024 * 1024;
const TICK_MILLISECONDS = 500;

/** Results on a server that is not trusted, signed by people who are. */
export function sharedCache(options: SharedCacheOptions): SharedResults {
  const told = new OneWarning(options);
  const store = patientStore(options.store, (detail, of) => told.trouble(detail, of), options.manner);
  const reading = { ...options, store, told, suspects: new Set<Digest>() };
  const { host } = store;
  const find = (key: SharedKey): Promise<FoundResult | undefined> => findResult(reading, key);
  const refused = (detail: string): void => told.refusedCompilation(detail);
  const trusted = options.signingKey === undefined ? options.trusted : ownOf(options, options.signingKey);
  const compilations = new Compilations({ ...options, trusted, store, refused });
  const common = { host, find, ...(store.takesMany === true && { compilations: () => compilations.serve() }) };
  return options.signingKey === undefined
    ? { ...common, ...SENDING_NOTHING }
    : { ...common, ...withCompilations(compilations, reading, sending(reading, options.signingKey)) };
}

/** The pair of the key that signs, where anything is to be read at all. */
function ownOf({ trusted }: SharedCacheOptions, { key, id }: NamedKey): readonly NamedKey[] {
  return trusted.length === 0 ? [] : [{ key: createPublicKey(key), id }];
}

/** What ccache gives is sent beside the results. */
function withCompilations({ uploads }: Compilations, { tell, store }: Reading, results: Sending): Sending {
  return {
    ...results,
    hush: async () => {
      await Promise.all([results.hush(), uploads.hush()]);
    },
    resume: () => {
      results.resume();
      uploads.resume();
    },
    finish: async () => {
      uploads.resume();
      await Promise.all([results.finish(), uploads.drained()]);
      const { files, bytes } = uploads.sent;
      if (files > 0) {
        const text = `${files} ${files === 1 ? 'entry' : 'entries'} of ccache sent to ${store.host}, ${(bytes / 1024 / 1024).toFixed(1)} MiB`;
        tell({ event: 'notice', level: 'info', text });
      }
    },
  };
}

type Sending = Omit<SharedResults, 'host' | 'find' | 'compilations'>;

const SENDING_NOTHING: Sending = {
  offer: () => undefined,
  owed: () => [],
  forget: () => undefined,
  hush: () => Promise.resolve(),
  resume: () => undefined,
  finish: () => Promise.resolve(),
};

function sending(reading: Reading, signingKey: NamedKey): Sending {
  const { store, scratch, signal, suspects, told, memory, isThorough = false } = reading;
  const ledger = new Ledger(memory);
  const isPutOff = ledger.isTroubled() && !isThorough;
  const trusted = [...reading.trusted, { key: createPublicKey(signingKey.key), id: signingKey.id }];
  const whetherThere = (key: SharedKey, stop: AbortSignal): Promise<Presence> =>
    presence({ ...reading, trusted, signal: stop }, key);
  const damaged = (step: string): void => told.damaged(step);
  const uploads = new Uploads({ store, signingKey, scratch, signal, suspects, ledger, whetherThere, damaged });
  const isToBeSent = (offered: OfferedResult): boolean => !isPutOff && (isThorough || !ledger.isSent(offered));
  return {
    offer: (offered, since) => {
      if (since === 'made' || isToBeSent(offered)) {
        uploads.add({ offered, since });
      }
    },
    owed: () => (isPutOff ? [] : ledger.owed()),
    forget: (key) => ledger.forget(key),
    hush: () => uploads.hush(),
    resume: () => uploads.resume(),
    finish: async () => {
      await finish(reading, uploads);
      if (uploads.sent().results > 0) {
        ledger.tidy();
      }
    },
  };
}

/** Whether the server has a result that those who trust what we trust can use. */
async function presence(reading: Reading, key: SharedKey): Promise<Presence> {
  const place = { shelf: 'ac', key: resultKey(key) } as const;
  const { kind } = await reading.store.has(place, reading.signal);
  if (kind === 'missing') {
    return 'missing';
  }
  const found = kind === 'done' ? await fetchRecord(reading, key) : undefined;
  return found === undefined ? 'unknown' : 'result' in found ? 'there' : 'missing';
}

/** What goes wrong with the server is said once in a run, whatever comes of it later. */
class OneWarning {
  #isTold = false;
  #isCompilationTold = false;

  constructor(private readonly options: SharedCacheOptions) {}

  trouble(detail: string, of: 'read' | 'write' = 'read'): void {
    if (!this.#isTold) {
      this.#isTold = true;
      const hence = of === 'read' ? 'what it would have is made here' : 'what it does not take is sent by a later run';
      this.#warn(`the shared cache ${this.options.store.host} ${detail}: ${hence}`);
    }
  }

  /** A result of an earlier run that is no more what it was. */
  damaged(step: string): void {
    this.#warn("the cached result is damaged: it is not sent; 'bootlap cache verify' throws away what is", step);
  }

  /** Somebody's record that must not be used; each is named. */
  refused(step: string, detail: string): void {
    this.#warn(`the record of ${step} in the shared cache ${this.options.store.host} ${detail}: it is not used`, step);
  }

  /** Somebody's compilation that must not be used; there may be thousands. */
  refusedCompilation(detail: string): void {
    if (!this.#isCompilationTold) {
      this.#isCompilationTold = true;
      this.#warn(`a compilation in the shared cache ${this.options.store.host} ${detail}: it is made here`);
    }
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

async function findResult(reading: Reading, key: SharedKey): Promise<FoundResult | undefined> {
  const opened = reading.trusted.length === 0 ? undefined : await fetchRecord(reading, key);
  if (opened === undefined || 'result' in opened) {
    return opened && foundResult(reading, key, opened.result);
  }
  reading.told.refused(key.step, opened.refused);
  return undefined;
}

/** The record that the server has of a result; `undefined` where it gives none. */
async function fetchRecord(reading: Reading, key: SharedKey): Promise<Opened | undefined> {
  const { store, scratch, signal, trusted } = reading;
  const path = join(scratch, `share-${uniqueSuffix()}`);
  const made = attempt(scratch, () => mkdirSync(scratch, { recursive: true }));
  const place = { shelf: 'ac', key: resultKey(key) } as const;
  const to = { path, mostBytes: MOST_RECORD_BYTES, signers: trusted.map(({ id }) => id) };
  const answer = made.ok ? await store.get(place, to, signal) : undefined;
  const text = answer?.kind === 'done' ? attempt(path, () => readFileSync(path, 'utf8')) : undefined;
  attempt(path, () => remove(path));
  return text?.ok === true ? openResult(text.value, key, trusted) : undefined;
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
    told.trouble(`has bytes compressed as ${packed.encoding}, for which Node.js 22.15 or later is needed`);
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

/** Waits for what is still to be sent, and tells how far it is where that takes time. */
async function finish({ tell, store, tickMilliseconds }: Reading, uploads: Uploads): Promise<void> {
  const { host } = store;
  const timer = setInterval(() => tell(sendingEvent(host, uploads.sent())), tickMilliseconds ?? TICK_MILLISECONDS);
  try {
    uploads.resume();
    await uploads.drained();
  } finally {
    clearInterval(timer);
  }
  const { results, lost, waiting, bytes } = uploads.sent();
  const say = (text: string): void => tell({ event: 'notice', level: 'info', text });
  if (results > 0) {
    say(`${counted(results)} sent to ${host}, ${(bytes / 1024 / 1024).toFixed(1)} MiB`);
  }
  if (lost + waiting > 0) {
    say(`${counted(lost + waiting)} could not be sent to ${host}: a later run that shares sends them`);
  }
}

function sendingEvent(host: string, { waiting, bytes, current }: Sent): RunEvent {
  const done = bytes + (current?.progress.done ?? 0);
  return { event: 'sending', host, results: waiting, bytes: done, ...current };
}

function counted(results: number): string {
  return `${results} ${results === 1 ? 'result' : 'results'}`;
}

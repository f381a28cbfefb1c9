import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestJson, isDigest, type Digest } from '../core/digest.js';
import { isSignedBy, parseEnvelope, seal } from '../core/dsse.js';
import { canonicalJson, type Json, type JsonObject } from '../core/json.js';
import { attemptAsync, digestFile, freshFolder, remove } from '../system/files.js';
import type { NamedKey } from '../system/keys.js';
import { canUnpack, isObject, isPacked, pack, unpack, type Packed } from './packing.js';
import type { Answer, RemoteStore } from './store.js';

/** A mailbox on a server that many see and nobody has to trust. */
export interface MailboxOptions {
  readonly store: RemoteStore;
  /** Whose letters are opened. */
  readonly trusted: readonly NamedKey[];
  /** What letters are signed with. */
  readonly signingKey: NamedKey;
  /** Folder for what is half-made. */
  readonly scratch: string;
}

/** What a letter is found by: the same for whoever writes and whoever waits. */
export type Address = JsonObject;

/** A letter to be sent. */
export interface Letter {
  readonly text: Json;
  /** Files that go with it: name -> absolute path. */
  readonly files: ReadonlyMap<string, string>;
}

/** What is at an address: a letter, nothing yet, or nothing that can be used, as the end of a sentence on the server. */
export type Received = { readonly text: Json } | 'nothing' | { readonly trouble: string };

const LETTER_TYPE = 'application/vnd.bootlap.letter+json';
/** More than any letter is. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Names of files in a letter: of one level, and harmless wherever they are put. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/;

interface FileNote {
  readonly name: string;
  readonly digest: Digest;
  readonly packed: Packed;
}

/**
 * Signed letters with files. Nothing is believed that the server says: who has signed counts, that it was signed for the
 * address at which it was found, and the digest of every file.
 */
export class Mailbox {
  constructor(private readonly options: MailboxOptions) {}

  /** The server, for a person. */
  get host(): string {
    return this.options.store.host;
  }

  /** Sends a letter, its files first. Gives why it could not be sent, as the end of a sentence on the server. */
  async send(address: Address, { text, files }: Letter, signal: AbortSignal): Promise<string | undefined> {
    const sent = await attemptAsync(this.options.scratch, async () => {
      const folder = freshFolder(this.options.scratch, 'letter-');
      try {
        const notes: FileNote[] = [];
        for (const [name, path] of files) {
          const note = await this.#sendFile({ name, path, scratch: join(folder, String(notes.length)) }, signal);
          if (typeof note === 'string') {
            return note;
          }
          notes.push(note);
        }
        const key = keyOf(address);
        const payload: JsonObject = { schema: 1, key, text, files: notes as unknown as Json };
        const envelope = join(folder, 'letter');
        writeFileSync(envelope, JSON.stringify(seal(LETTER_TYPE, canonicalJson(payload), this.options.signingKey)));
        const needs = notes.map(({ packed: { stored, bytes } }) => ({ digest: stored, bytes }));
        const about = { step: 'letter', signer: this.options.signingKey.id, needs };
        const from = { path: envelope, bytes: statSync(envelope).size, about };
        return whyNot(await this.options.store.put({ shelf: 'ac', key }, from, signal));
      } finally {
        remove(folder);
      }
    });
    return sent.ok ? sent.value : 'could not be given what it was to have';
  }

  async #sendFile(
    { name, path, scratch }: { readonly name: string; readonly path: string; readonly scratch: string },
    signal: AbortSignal,
  ): Promise<FileNote | string> {
    if (!FILE_NAME.test(name)) {
      throw new Error(`${name} is no name of a file in a letter`);
    }
    const digest = digestFile(path);
    const sendable = await pack(digest, path, scratch);
    if (sendable === undefined) {
      return 'could not be given what it was to have';
    }
    const { packed, path: from } = sendable;
    const place = { shelf: 'cas', key: packed.stored } as const;
    const trouble = whyNot(await this.options.store.put(place, { path: from, bytes: packed.bytes }, signal));
    return trouble ?? { name, digest, packed };
  }

  /** Fetches a letter and puts its files into a folder, which is made. */
  async receive(address: Address, into: string, signal: AbortSignal): Promise<Received> {
    const received = await attemptAsync(into, async (): Promise<Received> => {
      mkdirSync(into, { recursive: true });
      const path = join(into, 'letter.stored');
      const key = keyOf(address);
      const signers = this.options.trusted.map(({ id }) => id);
      const to = { path, mostBytes: MOST_BYTES, signers };
      const answer = await this.options.store.get({ shelf: 'ac', key }, to, signal);
      if (answer.kind !== 'done') {
        return 'detail' in answer ? { trouble: answer.detail } : 'nothing';
      }
      const letter = this.#open(readFileSync(path, 'utf8'), key);
      remove(path);
      if (typeof letter === 'string') {
        return { trouble: letter };
      }
      for (const note of letter.files) {
        if (!(await this.#bring(note, into, signal))) {
          return { trouble: `does not have ${note.name} as it was sent` };
        }
      }
      return { text: letter.text };
    });
    return received.ok ? received.value : { trouble: `has sent what cannot be kept in ${into}` };
  }

  #open(text: string, key: Digest): { readonly text: Json; readonly files: readonly FileNote[] } | string {
    const envelope = parseEnvelope(text);
    if (envelope?.payloadType !== LETTER_TYPE) {
      return 'has something there that is no letter';
    }
    if (!this.options.trusted.some((by) => isSignedBy(by.key, envelope))) {
      return 'has a letter there that nobody has signed whom --trust names';
    }
    const payload = parsed(envelope.payload);
    const files = payload?.['files'];
    if (payload?.['schema'] !== 1 || payload['key'] !== key || payload['text'] === undefined || !areNotes(files)) {
      return 'has a letter there that was meant for another place';
    }
    return { text: payload['text'], files: files as unknown as readonly FileNote[] };
  }

  async #bring({ name, digest, packed }: FileNote, into: string, signal: AbortSignal): Promise<boolean> {
    if (!canUnpack(packed.encoding)) {
      return false;
    }
    const [to, stored] = [join(into, name), join(into, `${name}.stored`)];
    const place = { shelf: 'cas', key: packed.stored } as const;
    const answer = await this.options.store.get(place, { path: stored, mostBytes: packed.bytes }, signal);
    if (answer.kind !== 'done' || digestFile(stored) !== packed.stored) {
      return false;
    }
    if (packed.encoding === 'identity') {
      renameSync(stored, to);
      return packed.stored === digest;
    }
    const isRight = await unpack({ digest, packed, to }, stored);
    remove(stored);
    return isRight;
  }
}

function whyNot(answer: Answer): string | undefined {
  return answer.kind === 'done' ? undefined : 'detail' in answer ? answer.detail : 'took nothing';
}

function keyOf(address: Address): Digest {
  return digestJson('letter', address);
}

function parsed(base64: string): JsonObject | undefined {
  try {
    const value = JSON.parse(Buffer.from(base64, 'base64').toString('utf8')) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function areNotes(value: Json | undefined): boolean {
  return (
    Array.isArray(value) &&
    (value as readonly Json[]).every((note) => {
      const { name, digest, packed } = isObject(note) ? note : {};
      return (
        typeof name === 'string' &&
        FILE_NAME.test(name) &&
        typeof digest === 'string' &&
        isDigest(digest) &&
        isPacked(packed)
      );
    })
  );
}

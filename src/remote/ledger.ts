import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDigest, type Digest } from '../core/digest.js';
import type { Json } from '../core/json.js';
import type { SharedKey } from '../engine/index.js';
import { attempt, readJsonIfThere, remove, writeFileAtomically } from '../system/files.js';
import { resultKey } from './signed-result.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** How long it is believed that a server still has what it was sent: it may drop things when it likes. */
const SENT_HOLDS = 7 * DAY;
const OWED_HOLDS = 30 * DAY;
const MOST_OWED = 200;
/** How often a well server may fail to take a result until it is left alone with it: it may be too big for the line. */
const MOST_TRIES = 3;
/** For so long after trouble a run does not begin with what others than it have made. */
const TROUBLE_HOLDS = 10 * MINUTE;

/**
 * What a workspace has sent to one server, and what it still has to: a file for each result, so that a kill at any time
 * leaves the rest. It is a memory: where it is lost or cannot be written, the server is asked once more.
 *
 *     sent/<result key>         empty; its time is when the server was known to have it
 *     owed/<result key>.json    which result it is, and how often it was tried in vain
 *     trouble                   empty; its time is when the server last took something badly
 */
export class Ledger {
  readonly #sent: string;
  readonly #owed: string;
  readonly #trouble: string;

  constructor(
    private readonly folder: string,
    private readonly now: () => number = Date.now,
  ) {
    this.#sent = join(folder, 'sent');
    this.#owed = join(folder, 'owed');
    this.#trouble = join(folder, 'trouble');
  }

  /** Whether the server is known to have a result. */
  isSent(key: SharedKey): boolean {
    return this.#isYounger(join(this.#sent, resultKey(key)), SENT_HOLDS);
  }

  /** Whether the server has just been unwell. */
  isTroubled(): boolean {
    return this.#isYounger(this.#trouble, TROUBLE_HOLDS);
  }

  /** Notes a result that is to be sent, where that is not noted yet. */
  owe(key: SharedKey): void {
    if (noteIn(this.#owedPath(resultKey(key))) === undefined) {
      this.#note(key, 0);
    }
  }

  /** Notes that the server did not take a result although it is well. After some tries it is spared it for a while. */
  failed(key: SharedKey): void {
    const tries = 1 + (noteIn(this.#owedPath(resultKey(key)))?.tries ?? 0);
    if (tries < MOST_TRIES) {
      this.#note(key, tries);
    } else {
      this.settle(key);
    }
  }

  #note({ step, fingerprint, sharedWith }: SharedKey, tries: number): void {
    const path = this.#owedPath(resultKey({ step, fingerprint, sharedWith }));
    attempt(this.#owed, () => {
      mkdirSync(this.#owed, { recursive: true });
      writeFileAtomically(path, `${JSON.stringify({ step, fingerprint, sharedWith, tries })}\n`);
    });
  }

  /** Notes that the server has a result now, or is to be taken to have it. */
  settle(key: SharedKey): void {
    attempt(this.#sent, () => {
      touch(this.#sent, resultKey(key));
      remove(this.#trouble);
      remove(this.#owedPath(resultKey(key)));
    });
  }

  /** A result that is not to be had any more is owed to nobody. */
  forget(key: SharedKey): void {
    attempt(this.#owed, () => remove(this.#owedPath(resultKey(key))));
  }

  /** Notes that the server did not take something. */
  troubled(): void {
    attempt(this.folder, () => touch(this.folder, 'trouble'));
  }

  /** What is still to be sent, the newest first. What is old, too much, or no note of ours is dropped. */
  owed(): SharedKey[] {
    const notes = this.#names(this.#owed).map((name) => ({ name, at: this.#age(join(this.#owed, name)) }));
    notes.sort((one, other) => one.at - other.at);
    return notes.flatMap(({ name, at }, place) => {
      const path = join(this.#owed, name);
      const key = place < MOST_OWED && at < OWED_HOLDS ? noteIn(path)?.key : undefined;
      if (key !== undefined && name === `${resultKey(key)}.json`) {
        return [key];
      }
      attempt(path, () => remove(path));
      return [];
    });
  }

  /** Drops what does not hold any more. */
  tidy(): void {
    const old = this.#names(this.#sent).filter((name) => !this.#isYounger(join(this.#sent, name), SENT_HOLDS));
    old.forEach((name) => attempt(this.#sent, () => remove(join(this.#sent, name))));
  }

  #owedPath(key: Digest): string {
    return join(this.#owed, `${key}.json`);
  }

  #names(folder: string): string[] {
    const names = attempt(folder, () => readdirSync(folder));
    return names.ok ? names.value : [];
  }

  #isYounger(path: string, milliseconds: number): boolean {
    return this.#age(path) < milliseconds;
  }

  /** In milliseconds; endless where there is no such file. What is from the future, by a clock that was set back, too. */
  #age(path: string): number {
    const stat = attempt(path, () => statSync(path, { throwIfNoEntry: false }));
    const age = stat.ok && stat.value !== undefined ? this.now() - stat.value.mtimeMs : Infinity;
    // A file system's clock may be some ticks ahead.
    return age < -MINUTE ? Infinity : age;
  }
}

function touch(folder: string, name: string): void {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, '');
  const now = new Date();
  utimesSync(path, now, now);
}

interface Note {
  readonly key: SharedKey;
  readonly tries: number;
}

function noteIn(path: string): Note | undefined {
  const read = attempt(path, () => readJsonIfThere(path));
  const note: Json | undefined = read.ok ? read.value : undefined;
  if (note === null || typeof note !== 'object' || Array.isArray(note)) {
    return undefined;
  }
  const { step, fingerprint, sharedWith, tries } = note as Record<string, Json>;
  const isKnown = typeof step === 'string' && typeof fingerprint === 'string' && isDigest(fingerprint);
  return isKnown && (sharedWith === 'machines' || sharedWith === 'alike')
    ? { key: { step, fingerprint, sharedWith }, tries: typeof tries === 'number' ? tries : 0 }
    : undefined;
}

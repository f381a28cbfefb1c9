import { createPublicKey } from 'node:crypto';
import { join, resolve } from 'node:path';
import { digestJson } from '../core/digest.js';
import type { KeyUnfit } from '../core/failures/bundle.js';
import type { Usage } from '../core/failures/recipe.js';
import { failed, success, type Result } from '../core/result.js';
import type { PipelineRequest } from '../engine/index.js';
import type { FileFailure } from '../system/files.js';
import { privateKeyIn, readPrivateKey, readPublicKey, type NamedKey } from '../system/keys.js';
import { Mailbox } from './mailbox.js';
import { patientStore } from './patient-store.js';
import { sharedCache } from './shared-cache.js';
import { storeAt, type Opening, type StoreWish } from './store-at.js';

/** A shared cache as a user asks for it. */
export interface ShareWish extends StoreWish {
  readonly mode: string | undefined;
  /** Absolute paths of public keys. */
  readonly trust: readonly string[];
  /** Path of a private key, or the key itself in PEM. */
  readonly key: string | undefined;
  /** Folder for what is half-made, on the workspace's file system. */
  readonly scratch: string;
  /** Folder for what is remembered of shared caches. */
  readonly memory: string;
  readonly workingFolder: string;
}

type ShareFailure = Usage | KeyUnfit | FileFailure;
type Share = NonNullable<PipelineRequest['share']>;

/**
 * Checks what a user asks for and gives what opens it for a run; nothing is asked of the server yet.
 * Fails with `usage` or `key-unfit`; no message holds a credential.
 */
export function openShare(wish: ShareWish): Result<Share, ShareFailure> {
  const access = accessFor(wish);
  if (!access.ok) {
    return access;
  }
  const { store, keys, mode } = access.value;
  const trusted = mode.read ? keys.trusted : [];
  const signingKey = mode.write ? keys.own : undefined;
  const options = { trusted, signingKey, scratch: wish.scratch };
  const memory = join(wish.memory, memoryName(wish.url, signingKey));
  // Whoever only sends wants to have it there.
  const isThorough = !mode.read;
  return success((tell, signal) => {
    const warn = (text: string): void => tell({ event: 'notice', level: 'warning', text });
    return sharedCache({ ...options, store: store(warn), memory, isThorough, tell, signal });
  });
}

/** Nothing can be made here in a letter's stead: who waits for one asks a server that was down again soon. */
const LETTER_MANNER = { restMilliseconds: 2_000 };

/** Opens a mailbox; `warn` hears of what is not as it should be with the server. */
export type MailboxOpening = (warn: (text: string) => void) => Mailbox;

/** A mailbox in a shared cache that can be read and written. Fails with `usage` or `key-unfit`. */
export function openMailbox(wish: ShareWish): Result<MailboxOpening, ShareFailure> {
  const access = accessFor({ ...wish, mode: wish.mode ?? 'readwrite' });
  if (!access.ok) {
    return access;
  }
  const { store, keys, mode } = access.value;
  const { own, trusted } = keys;
  if (own === undefined) {
    return usage('what is shared has to be signed');
  }
  if (!mode.read || !mode.write) {
    return usage('results travel through the shared cache, and it may not be both read and written here');
  }
  const { scratch } = wish;
  return success((warn) => {
    const opened = store(warn);
    const told = new Set<string>();
    // Once for each trouble: thousands of letters may be asked for while it lasts.
    const tell = (detail: string): void => {
      if (!told.has(detail)) {
        told.add(detail);
        warn(`the shared cache ${opened.host} ${detail}`);
      }
    };
    const patient = patientStore(opened, tell, LETTER_MANNER);
    return new Mailbox({ store: patient, trusted, signingKey: own, scratch });
  });
}

/** A shared cache, and what may be done with it. */
interface Access {
  readonly store: Opening;
  readonly keys: Keys;
  readonly mode: Mode;
}

function accessFor(wish: ShareWish): Result<Access, ShareFailure> {
  const store = storeAt(wish);
  if (!store.ok) {
    return store;
  }
  const keys = keysFor(wish);
  if (!keys.ok) {
    return keys;
  }
  const mode = modeFor(wish, keys.value);
  return mode.ok ? success({ store: store.value, keys: keys.value, mode: mode.value }) : mode;
}

/** What was sent with another key, or elsewhere, may count for nobody here. */
function memoryName(url: string, signingKey: NamedKey | undefined): string {
  return digestJson('shared cache', { url: url.replace(/\/+$/, ''), key: signingKey?.id ?? '' }).slice(0, 16);
}

interface Keys {
  readonly trusted: readonly NamedKey[];
  readonly own?: NamedKey;
}

/** Whose records count, and what is signed with. What this key has signed counts, too. */
function keysFor({ trust, key, workingFolder }: ShareWish): Result<Keys, KeyUnfit | FileFailure> {
  const trusted: NamedKey[] = [];
  for (const path of trust) {
    const read = readPublicKey(path);
    if (!read.ok) {
      return read;
    }
    trusted.push(read.value);
  }
  if (key === undefined) {
    return success({ trusted });
  }
  const own = key.includes('PRIVATE KEY')
    ? privateKeyIn(key.replaceAll('\\n', '\n'), 'BOOTLAP_REMOTE_CACHE_KEY')
    : readPrivateKey(resolve(workingFolder, key));
  return own.ok
    ? success({ own: own.value, trusted: [...trusted, { key: createPublicKey(own.value.key), id: own.value.id }] })
    : own;
}

const MODES = ['read', 'write', 'readwrite'];

interface Mode {
  readonly read: boolean;
  readonly write: boolean;
}

function modeFor({ mode }: Pick<ShareWish, 'mode'>, { trusted, own }: Keys): Result<Mode, Usage> {
  if (mode !== undefined && !MODES.includes(mode)) {
    return usage(`--remote-cache-mode ${mode} is none of ${MODES.join(', ')}`);
  }
  const usual = own === undefined ? 'read' : 'readwrite';
  const chosen = mode ?? usual;
  const [read, write] = [chosen.startsWith('read'), chosen.endsWith('write')];
  if (read && trusted.length === 0) {
    return usage(
      'nobody is trusted, so that nothing in the shared cache could be used',
      'name the public key of who writes to it: --trust team.pub ("bootlap keygen" makes a pair)',
    );
  }
  return write && own === undefined
    ? usage('what is shared has to be signed', 'name your key: --remote-cache-key me.key ("bootlap keygen" makes one)')
    : success({ read, write });
}

function usage(message: string, hint?: string): Result<never, Usage> {
  return failed({ reason: 'usage', message, ...(hint === undefined ? {} : { hint }) });
}

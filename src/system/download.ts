import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../core/digest.js';
import type { Interrupted } from '../core/failures/build.js';
import type { DigestMismatch, DownloadFailed } from '../core/failures/network.js';
import { failed, success, type Result } from '../core/result.js';
import { transfer } from './download-transfer.js';
import { inTurn } from './download-turn.js';
import { attempt, digestFile, remove, type FileFailure } from './files.js';

/** A file on the network whose bytes are known by their digest. */
export interface Download {
  /** What it is called in messages: `linux-4.18.tar.xz`. */
  readonly name: string;
  /** Its addresses, https, http or file, in the order in which they are tried. */
  readonly urls: readonly string[];
  readonly sha256: Digest;
  /** A file that is larger than this many bytes is not taken. */
  readonly mostBytes?: number;
  /** Folder of finished and unfinished downloads. The file gets the name of its digest there. */
  readonly folder: string;
  /** Bytes so far, of how many (where the server says it), and the host they come from. */
  readonly onProgress?: (done: number, total: number | undefined, host: string) => void;
  readonly signal?: AbortSignal;
  /** A server that sends nothing for so long is given up. */
  readonly stallMilliseconds?: number;
  /** Wait before an address is tried again; doubled each time. */
  readonly pauseMilliseconds?: number;
}

export type DownloadFailure = DownloadFailed | DigestMismatch | Interrupted | FileFailure;

/** How long a server may send nothing, and how long to wait before it is asked again, where it is not said. */
export const STALL_MILLISECONDS = 30_000;
export const PAUSE_MILLISECONDS = 500;
/** Tries in a row of the last address that bring not one new byte. Where another one is left, that is quicker. */
const FRUITLESS_TRIES = 3;

/**
 * Downloads a file, going on where an earlier try stopped, and checks its digest before it gets its final name.
 * Gives its path, `<folder>/<sha256>`. Each address is tried in turn; one that breaks off is asked for the rest.
 *
 * Fails with `digest-mismatch` when a server sent other bytes (they are removed) and no other had the right ones,
 * `download-failed` with what came of every address, `interrupted`, or as the file system does.
 */
export function downloadFile(download: Download): Promise<Result<string, DownloadFailure>> {
  return inTurn(join(download.folder, download.sha256), () => downloadInTurn(download));
}

async function downloadInTurn(download: Download): Promise<Result<string, DownloadFailure>> {
  const path = finishedDownload(download.folder, download.sha256);
  if (!path.ok || path.value !== undefined) {
    return path.ok ? success(path.value ?? '') : path;
  }
  const attempts: { url: string; detail: string }[] = [];
  let mismatch: DigestMismatch | undefined;
  for (const url of download.urls) {
    const outcome = await fromAddress(download, url, url === download.urls.at(-1) ? FRUITLESS_TRIES : 1);
    if (outcome.kind === 'finished' || outcome.kind === 'stopped') {
      return outcome.result;
    }
    attempts.push({ url, detail: outcome.detail });
    mismatch ??= outcome.mismatch;
  }
  return failed(mismatch ?? { reason: 'download-failed', file: download.name, attempts });
}

/**
 * Path of a finished download if it is there and its bytes are right; `undefined` if not, after removing bad bytes.
 */
export function finishedDownload(folder: string, sha256: Digest): Result<string | undefined, FileFailure> {
  const path = join(folder, sha256);
  return attempt(path, () => {
    mkdirSync(folder, { recursive: true });
    if (existsSync(path) && digestFile(path) !== sha256) {
      remove(path);
    }
    return existsSync(path) ? path : undefined;
  });
}

type Outcome =
  | { readonly kind: 'finished'; readonly result: Result<string, DownloadFailure> }
  | { readonly kind: 'stopped'; readonly result: Result<string, DownloadFailure> }
  | { readonly kind: 'next'; readonly detail: string; readonly mismatch?: DigestMismatch };

/** Tries one address until it has given all, has nothing to give, or gives nothing new any more. */
async function fromAddress(download: Download, url: string, fruitlessTries: number): Promise<Outcome> {
  const part = join(download.folder, `${download.sha256}.part`);
  let fruitless = 0;
  for (;;) {
    const got = await transfer({ url, path: part, stallMilliseconds: STALL_MILLISECONDS, ...given(download) });
    if (!got.ok) {
      return { kind: 'stopped', result: got };
    }
    if (got.value.kind === 'complete') {
      const checked = accept(download, url, part);
      // Bytes of an earlier try may have come from another file or server: once more from the start.
      if (checked.kind !== 'next' || !got.value.resumed) {
        return checked;
      }
      continue;
    }
    fruitless = got.value.received > 0 ? 0 : fruitless + 1;
    if (got.value.kind === 'refused' || fruitless >= fruitlessTries) {
      return { kind: 'next', detail: got.value.detail };
    }
    await pause(download, fruitless);
  }
}

function given(download: Download): Pick<Download, 'mostBytes' | 'onProgress' | 'signal' | 'stallMilliseconds'> {
  return {
    ...(download.mostBytes === undefined ? {} : { mostBytes: download.mostBytes }),
    ...(download.onProgress === undefined ? {} : { onProgress: download.onProgress }),
    ...(download.signal === undefined ? {} : { signal: download.signal }),
    ...(download.stallMilliseconds === undefined ? {} : { stallMilliseconds: download.stallMilliseconds }),
  };
}

async function pause(download: Download, fruitless: number): Promise<void> {
  const milliseconds = (download.pauseMilliseconds ?? PAUSE_MILLISECONDS) * 2 ** fruitless;
  const options = download.signal === undefined ? {} : { signal: download.signal };
  // An abort ends the pause; the next transfer then says so.
  await sleep(milliseconds, undefined, options).catch(() => undefined);
}

/** Gives the bytes their final name if they are the right ones, and removes them if not. */
function accept(download: Download, url: string, part: string): Outcome {
  const path = join(download.folder, download.sha256);
  const found = attempt(part, () => {
    const digest = digestFile(part);
    if (digest === download.sha256) {
      renameSync(part, path);
    } else {
      remove(part);
    }
    return digest;
  });
  if (!found.ok || found.value === download.sha256) {
    return { kind: 'finished', result: found.ok ? success(path) : found };
  }
  const detail = `sent other bytes (SHA-256 ${found.value})`;
  const mismatch = { what: download.name, origin: url, expected: download.sha256, found: found.value };
  return { kind: 'next', detail, mismatch: { reason: 'digest-mismatch', ...mismatch } };
}

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../core/digest.js';
import type { Interrupted } from '../core/failures/build.js';
import type { DownloadFailed } from '../core/failures/network.js';
import { failed, success, type Result } from '../core/result.js';
import { PAUSE_MILLISECONDS, STALL_MILLISECONDS } from './download.js';
import type { TransferEnd, TransferFailure } from './download-receive.js';
import { transfer } from './download-transfer.js';
import { attempt, digestFile, remove, type FileFailure } from './files.js';

/** A small file on the network whose digest nobody has told us. */
export interface UnknownDownload {
  /** What it is called in messages. */
  readonly name: string;
  /** Its addresses, https, file, or http of this machine, in the order in which they are tried. */
  readonly urls: readonly string[];
  /** Folder of finished downloads, named by their digests. */
  readonly folder: string;
  /** Folder for what is not finished, on the same file system. */
  readonly scratch: string;
  readonly mostBytes: number;
  /** Why what an address gave is not what is wanted, as what the server did: `sent a web page`. */
  whyUnfit(path: string): string | undefined;
  readonly signal?: AbortSignal;
  readonly stallMilliseconds?: number;
  /** Wait before an address is tried again; doubled each time. */
  readonly pauseMilliseconds?: number;
}

/** Of the last address; where another one is left, that is quicker. */
const TRIES = 3;

/**
 * Downloads a file and gives its digest, under which it then lies in `folder`. Each address is tried in turn, from the
 * start each time, because nothing could tell whether two halves belong together. Nothing but a secure connection
 * vouches for the bytes: plain http is refused, also as the end of a redirect.
 *
 * Fails with `download-failed` with what came of every address, `interrupted`, or as the file system does.
 */
export async function downloadUnknown(
  download: UnknownDownload,
): Promise<Result<Digest, DownloadFailed | TransferFailure>> {
  const attempts: { url: string; detail: string }[] = [];
  for (const url of download.urls) {
    const got = await fromAddress(download, url, url === download.urls.at(-1) ? TRIES : 1);
    if (!got.ok || !('detail' in got.value)) {
      return got.ok ? keep(download) : got;
    }
    attempts.push({ url, detail: got.value.detail });
  }
  return failed({ reason: 'download-failed', file: download.name, attempts });
}

type FromOne = Result<{ readonly detail: string } | { readonly complete: true }, Interrupted | FileFailure>;

async function fromAddress(download: UnknownDownload, url: string, most: number): Promise<FromOne> {
  let end: TransferEnd | undefined;
  for (let tries = 1; tries <= most && (end === undefined || end.kind === 'broken'); tries += 1) {
    await pause(download, tries);
    const got = await fromStart(download, url);
    if (!got.ok) {
      return got;
    }
    end = got.value;
  }
  if (end?.kind !== 'complete') {
    return success({ detail: end?.detail ?? 'was not asked' });
  }
  const unfit = attempt(partOf(download), () => download.whyUnfit(partOf(download)));
  return unfit.ok ? success(unfit.value === undefined ? { complete: true } : { detail: unfit.value }) : unfit;
}

async function fromStart(download: UnknownDownload, url: string): Promise<Result<TransferEnd, TransferFailure>> {
  const path = partOf(download);
  const cleared = attempt(path, () => remove(path));
  const { mostBytes, signal, stallMilliseconds = STALL_MILLISECONDS } = download;
  return cleared.ok
    ? transfer({ url, path, mostBytes, stallMilliseconds, unvouched: true, ...(signal && { signal }) })
    : cleared;
}

async function pause(
  { pauseMilliseconds = PAUSE_MILLISECONDS, signal }: UnknownDownload,
  tries: number,
): Promise<void> {
  if (tries > 1) {
    // An abort ends the pause; the next transfer then says so.
    await sleep(pauseMilliseconds * 2 ** (tries - 1), undefined, signal && { signal }).catch(() => undefined);
  }
}

function keep(download: UnknownDownload): Result<Digest, FileFailure> {
  const part = partOf(download);
  return attempt(part, () => {
    const digest = digestFile(part);
    renameSync(part, join(download.folder, digest));
    return digest;
  });
}

function partOf({ scratch }: UnknownDownload): string {
  return join(scratch, 'unknown.part');
}

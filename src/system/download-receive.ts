import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Interrupted } from '../core/failures/build.js';
import { failed, success, type Result } from '../core/result.js';
import { fileFailure, isSystemError, type FileFailure } from './files.js';
import { withoutLogin } from './proxy.js';

/** One try to get the rest of a file from one address. */
export interface Transfer {
  readonly url: string;
  /** The unfinished file. What it holds is taken as the file's beginning. */
  readonly path: string;
  /** A server that sends nothing for so long is given up. */
  readonly stallMilliseconds: number;
  /** A file that is larger than this many bytes is refused. */
  readonly mostBytes?: number;
  /** True: no digest vouches for the bytes, so plain http is refused unless it is this machine's (`whyUnsafe`). */
  readonly unvouched?: boolean;
  readonly onProgress?: (done: number, total: number | undefined, host: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * What came of it. `complete`: the server has sent all it had. `broken`: another try may bring more.
 * `refused`: this address will not give it.
 */
export type TransferEnd =
  | { readonly kind: 'complete'; readonly resumed: boolean; readonly received: number }
  | { readonly kind: 'broken' | 'refused'; readonly detail: string; readonly received: number };

export type TransferFailure = Interrupted | FileFailure;

/** Bytes on their way. */
export interface Incoming {
  readonly stream: Readable;
  /** Length of what the file holds already and keeps. */
  readonly from: number;
  /** Length of the whole file, where it is known. */
  readonly total?: number;
}

/** Appends what comes to the file, until it ends, breaks off, stalls or becomes too large. */
export async function receive(task: Transfer, incoming: Incoming): Promise<Result<TransferEnd, TransferFailure>> {
  const { stream, from, total = 0 } = incoming;
  const { mostBytes = Infinity } = task;
  if (total > mostBytes) {
    stream.destroy();
    return refused(tooLarge(mostBytes));
  }
  const watch = watchStream(task, incoming);
  const file = createWriteStream(task.path, from > 0 ? { flags: 'a' } : {});
  try {
    await pipeline(stream, file, task.signal === undefined ? {} : { signal: task.signal });
  } catch (error) {
    return from + watch.received() > mostBytes
      ? refused(tooLarge(mostBytes))
      : brokenOff(error, task, watch.received());
  } finally {
    watch.end();
  }
  const received = watch.received();
  const missing = incoming.total === undefined ? 0 : incoming.total - from - received;
  return missing > 0
    ? success({ kind: 'broken', detail: `broke off ${missing} bytes before the end`, received })
    : success({ kind: 'complete', resumed: from > 0, received });
}

interface Watch {
  /** Bytes so far. */
  received(): number;
  end(): void;
}

/** Tells how far it is, and ends the stream where it stalls or brings too much. */
function watchStream(task: Transfer, { stream, from, total }: Incoming): Watch {
  const { host } = new URL(task.url);
  const { mostBytes = Infinity } = task;
  const stalled = (): void => void stream.destroy(new Error(stallText(task)));
  let stall = setTimeout(stalled, task.stallMilliseconds);
  let received = 0;
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    clearTimeout(stall);
    stall = setTimeout(stalled, task.stallMilliseconds);
    task.onProgress?.(from + received, total, host);
    if (from + received > mostBytes) {
      stream.destroy(new Error(tooLarge(mostBytes)));
    }
  });
  return { received: () => received, end: () => clearTimeout(stall) };
}

function brokenOff(error: unknown, task: Transfer, received: number): Result<TransferEnd, TransferFailure> {
  if (task.signal?.aborted === true) {
    return failed({ reason: 'interrupted' });
  }
  // What the disk refuses names a path or says that it is full; everything else is the server's.
  return isSystemError(error) && (error.path !== undefined || error.code === 'ENOSPC' || error.code === 'EDQUOT')
    ? failed(fileFailure(error, task.path))
    : success({ kind: 'broken', detail: inWords(error, task), received });
}

/** What is wrong with a server, from the error that its connection met. */
export function inWords(error: unknown, task: Transfer): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.name === 'TimeoutError' ? stallText(task) : withoutLogin(error.message);
}

function stallText(task: Transfer): string {
  return `stalled for ${task.stallMilliseconds / 1000} s`;
}

function tooLarge(mostBytes: number): string {
  return `sends more than ${mostBytes / 1024 / 1024} MiB`;
}

/** The end of a transfer that brought nothing and will not. */
export function refused(detail: string): Result<TransferEnd, TransferFailure> {
  return success({ kind: 'refused', detail, received: 0 });
}

import { createReadStream, createWriteStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Interrupted } from '../core/failures/build.js';
import { failed, success, type Result } from '../core/result.js';
import { fileFailure, isSystemError, remove, type FileFailure } from './files.js';

/** One try to get the rest of a file from one address. */
export interface Transfer {
  readonly url: string;
  /** The unfinished file. What it holds is taken as the file's beginning. */
  readonly path: string;
  /** A server that sends nothing for so long is given up. */
  readonly stallMilliseconds: number;
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

/**
 * Gets what is missing of a file. Fails with `interrupted`, or as the file system does when it cannot take the bytes;
 * every trouble with the server is a {@link TransferEnd}.
 */
export async function transfer(task: Transfer): Promise<Result<TransferEnd, TransferFailure>> {
  if (task.signal?.aborted === true) {
    return failed({ reason: 'interrupted' });
  }
  const scheme = /^[a-z]+(?=:)/i.exec(task.url)?.[0].toLowerCase();
  switch (scheme) {
    case 'http':
    case 'https':
      return fromServer(task);
    case 'file':
      return fromDisk(task);
    default:
      return refused('is no https, http or file address');
  }
}

async function fromDisk(task: Transfer): Promise<Result<TransferEnd, TransferFailure>> {
  const source = openDisk(task.url);
  if (typeof source === 'string') {
    return refused(source);
  }
  remove(task.path);
  return receive(task, { stream: source.stream, from: 0, total: source.size });
}

function openDisk(url: string): { stream: Readable; size: number } | string {
  try {
    const path = fileURLToPath(url);
    const stat = statSync(path);
    return stat.isFile() ? { stream: createReadStream(path), size: stat.size } : 'is not a file';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function fromServer(task: Transfer): Promise<Result<TransferEnd, TransferFailure>> {
  const have = statSync(task.path, { throwIfNoEntry: false })?.size ?? 0;
  const answer = await ask(task, have);
  if ('detail' in answer) {
    return task.signal?.aborted === true ? failed({ reason: 'interrupted' }) : broken(answer.detail);
  }
  const from = answer.status === 206 ? answer.rangeStart : 0;
  if (answer.status !== 200 && (answer.status !== 206 || from !== have)) {
    answer.stream.destroy();
    return withoutBytes(answer.status);
  }
  const total = answer.length === undefined ? undefined : from + answer.length;
  return receive(task, { stream: answer.stream, from, ...(total === undefined ? {} : { total }) });
}

/** What an answer without the bytes means: whether it is worth asking again. */
function withoutBytes(status: number): Result<TransferEnd, TransferFailure> {
  if (status === 416) {
    // We have as much as the server has, or more: only the digest can tell what it is worth.
    return success({ kind: 'complete', resumed: true, received: 0 });
  }
  const mayChange = status >= 500 || status === 429 || status === 408;
  return mayChange ? broken(`answered ${status}`) : refused(`answered ${status}`);
}

interface Answer {
  readonly stream: Readable;
  readonly status: number;
  /** First byte of what a 206 brings. */
  readonly rangeStart: number;
  /** Bytes to come, where the server says. */
  readonly length?: number;
}

/** Sends the request and waits for the head of the answer. */
async function ask(task: Transfer, have: number): Promise<Answer | { readonly detail: string }> {
  const { got } = await import('got');
  const stream = got.stream(task.url, {
    headers: { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
    decompress: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { connect: task.stallMilliseconds, response: task.stallMilliseconds, send: task.stallMilliseconds },
    ...(task.signal === undefined ? {} : { signal: task.signal }),
  });
  return new Promise((resolve) => {
    stream.on('error', (error) => resolve({ detail: inWords(error, task) }));
    stream.once('response', (response: { statusCode: number; headers: Record<string, string | undefined> }) => {
      const length = Number(response.headers['content-length'] ?? Number.NaN);
      const rangeStart = Number(/^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1] ?? Number.NaN);
      resolve({ stream, status: response.statusCode, rangeStart, ...(Number.isNaN(length) ? {} : { length }) });
    });
  });
}

interface Incoming {
  readonly stream: Readable;
  /** Length of what the file holds already and keeps. */
  readonly from: number;
  /** Length of the whole file, where it is known. */
  readonly total?: number;
}

/** Appends what comes to the file, until it ends, breaks off or stalls. */
async function receive(task: Transfer, incoming: Incoming): Promise<Result<TransferEnd, TransferFailure>> {
  const host = new URL(task.url).host;
  let received = 0;
  const stalled = (): void => void incoming.stream.destroy(new Error(stallText(task)));
  let stall = setTimeout(stalled, task.stallMilliseconds);
  const file = createWriteStream(task.path, incoming.from > 0 ? { flags: 'a' } : {});
  incoming.stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    clearTimeout(stall);
    stall = setTimeout(stalled, task.stallMilliseconds);
    task.onProgress?.(incoming.from + received, incoming.total, host);
  });
  try {
    await pipeline(incoming.stream, file, task.signal === undefined ? {} : { signal: task.signal });
  } catch (error) {
    if (task.signal?.aborted === true) {
      return failed({ reason: 'interrupted' });
    }
    // What the disk refuses names a path or says that it is full; everything else is the server's.
    return isSystemError(error) && (error.path !== undefined || error.code === 'ENOSPC' || error.code === 'EDQUOT')
      ? failed(fileFailure(error, task.path))
      : success({ kind: 'broken', detail: inWords(error, task), received });
  } finally {
    clearTimeout(stall);
  }
  const missing = incoming.total === undefined ? 0 : incoming.total - incoming.from - received;
  return missing > 0
    ? success({ kind: 'broken', detail: `broke off ${missing} bytes before the end`, received })
    : success({ kind: 'complete', resumed: incoming.from > 0, received });
}

function inWords(error: unknown, task: Transfer): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.name === 'TimeoutError' ? stallText(task) : error.message;
}

function stallText(task: Transfer): string {
  return `stalled for ${task.stallMilliseconds / 1000} s`;
}

function broken(detail: string): Result<TransferEnd, TransferFailure> {
  return success({ kind: 'broken', detail, received: 0 });
}

function refused(detail: string): Result<TransferEnd, TransferFailure> {
  return success({ kind: 'refused', detail, received: 0 });
}

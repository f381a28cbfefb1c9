import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { failed, success, type Result } from '../core/result.js';
import { ask, type Answer } from './download-answer.js';
import { receive, refused, type Transfer, type TransferEnd, type TransferFailure } from './download-receive.js';
import { remove } from './files.js';
import { whyUnsafe } from './plain-http.js';

/**
 * Gets what is missing of a file. Fails with `interrupted`, or as the file system does when it cannot take the bytes;
 * every trouble with the server is a {@link TransferEnd}.
 */
export async function transfer(task: Transfer): Promise<Result<TransferEnd, TransferFailure>> {
  if (task.signal?.aborted === true) {
    return failed({ reason: 'interrupted' });
  }
  const unsafe = task.unvouched === true ? whyUnsafe(task.url) : undefined;
  if (unsafe !== undefined) {
    return refused(unsafe);
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
  const from = firstByte(answer, have);
  if (from === undefined) {
    answer.stream.destroy();
    return withoutBytes(answer);
  }
  const total = answer.length === undefined ? undefined : from + answer.length;
  return receive(task, { stream: answer.stream, from, ...(total === undefined ? {} : { total }) });
}

/** Where in the file an answer's bytes belong; `undefined` where it has none of use. */
function firstByte({ status, rangeStart }: Answer, have: number): number | undefined {
  if (status === 200) {
    return 0;
  }
  return status === 206 && rangeStart === have ? have : undefined;
}

/** What an answer without the bytes means: whether it is worth asking again. */
function withoutBytes({ status, redirect }: Answer): Result<TransferEnd, TransferFailure> {
  if (redirect !== undefined) {
    return refused(redirect);
  }
  if (status === 416) {
    // We have as much as the server has, or more: only the digest can tell what it is worth.
    return success({ kind: 'complete', resumed: true, received: 0 });
  }
  const mayChange = status >= 500 || status === 429 || status === 408;
  return mayChange ? broken(`answered ${status}`) : refused(`answered ${status}`);
}

function broken(detail: string): Result<TransferEnd, TransferFailure> {
  return success({ kind: 'broken', detail, received: 0 });
}

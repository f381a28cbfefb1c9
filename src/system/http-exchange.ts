import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { proxyAgents } from './proxy.js';

/** One request to a server that keeps things for us. No redirect is followed: credentials go where they were meant for. */
export interface Exchange {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What a PUT sends: a file of so many bytes. */
  readonly body?: { readonly path: string; readonly bytes: number };
  /** Where the bytes of a GET go. */
  readonly to?: { readonly path: string; readonly mostBytes: number };
  readonly patience: Patience;
  readonly signal?: AbortSignal | undefined;
}

/** How long is waited, in milliseconds: for a connection, for the next byte, and for the whole. */
export interface Patience {
  readonly connect: number;
  readonly stall: number;
  readonly total: number;
}

/** The status that a server answered with, or why there is none. `slow`: it ran into one of the times. */
export type ExchangeEnd =
  { readonly status: number } | { readonly detail: string; readonly slow: boolean; readonly status?: undefined };

/** What is read of an answer that nobody wants, to keep its connection. */
const MOST_UNWANTED = 64 * 1024;

/** Makes one request. Fails never: what goes wrong is told. */
export async function exchange(request: Exchange): Promise<ExchangeEnd> {
  const { patience, signal } = request;
  const deadline = AbortSignal.timeout(patience.total);
  const signals = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  try {
    return { status: await makeRequest(request, signals) };
  } catch (error) {
    const slow = deadline.aborted || (error instanceof Error && error.name === 'TimeoutError');
    return { slow, detail: slow ? 'is too slow' : inWords(error) };
  }
}

async function makeRequest(request: Exchange, signal: AbortSignal): Promise<number> {
  const { got } = await import('got');
  const agent = await proxyAgents();
  const { method, url, headers, body, patience } = request;
  const length = body === undefined ? {} : { 'content-length': String(body.bytes) };
  const stream = got.stream(url, {
    method,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'bootlap', ...headers, ...length },
    ...(body === undefined ? {} : { body: createReadStream(body.path) }),
    decompress: false,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { connect: patience.connect, socket: patience.stall },
    signal,
    ...(agent === undefined ? {} : { agent: { ...agent } }),
  });
  const status = await headOf(stream);
  await (request.to !== undefined && status === 200 ? receive(stream, request.to, signal) : discard(stream));
  return status;
}

function headOf(stream: Readable): Promise<number> {
  return new Promise((resolve, reject) => {
    // It stays: what breaks later must not end the process.
    stream.on('error', reject);
    stream.once('response', ({ statusCode }: { statusCode: number }) => resolve(statusCode));
  });
}

async function receive(
  stream: Readable,
  { path, mostBytes }: NonNullable<Exchange['to']>,
  signal: AbortSignal,
): Promise<void> {
  let received = 0;
  const limited = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      received += chunk.length;
      if (received > mostBytes) {
        throw new Error(`sends more than the ${mostBytes} bytes that it should`);
      }
      yield chunk;
    }
  };
  await pipeline(stream, limited, createWriteStream(path), { signal });
}

async function discard(stream: Readable): Promise<void> {
  let received = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received > MOST_UNWANTED) {
      break;
    }
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}

import { createReadStream, createWriteStream } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { proxyAgents, withoutLogin } from './proxy.js';

/** One request to a server that keeps things for us. No redirect is followed: credentials go where they were meant for. */
export interface Exchange {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What a PUT or POST sends: a file of so many bytes, or a text. */
  readonly body?: SentFile | { readonly text: string };
  /** Where the bytes of an answer with status 200 go. */
  readonly to?: { readonly path: string; readonly mostBytes: number };
  /** How many bytes of an answer that goes nowhere are kept as its text; 64 KiB without it. */
  readonly mostText?: number;
  readonly patience: Patience;
  readonly signal?: AbortSignal | undefined;
}

/** A file that is sent: of so many bytes; `sent` hears of how many have gone. */
export interface SentFile {
  readonly path: string;
  readonly bytes: number;
  readonly sent?: (bytes: number) => void;
}

/** How long is waited, in milliseconds: for a connection, for the next byte, and for the whole. */
export interface Patience {
  readonly connect: number;
  readonly stall: number;
  readonly total: number;
}

/** What a server answered. */
export interface ExchangeAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The answer's beginning, where it went nowhere else. */
  readonly text: string;
}

/** What a server answered, or why it did not. `slow`: it ran into one of the times. */
export type ExchangeEnd =
  ExchangeAnswer | { readonly detail: string; readonly slow: boolean; readonly status?: undefined };

/** What is read of an answer that nobody has asked for: enough for words of error, and to keep its connection. */
const MOST_TEXT = 64 * 1024;

/** Timers cannot run for longer, in milliseconds; it is some weeks. */
const LONGEST = 2 ** 31 - 1;

/** Makes one request. Fails never: what goes wrong is told. */
export async function exchange(request: Exchange): Promise<ExchangeEnd> {
  const { patience, signal } = request;
  const deadline = AbortSignal.timeout(Math.min(patience.total, LONGEST));
  const signals = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  try {
    return await makeRequest(request, signals);
  } catch (error) {
    const slow = deadline.aborted || (error instanceof Error && error.name === 'TimeoutError');
    return { slow, detail: slow ? 'is too slow' : inWords(error) };
  }
}

async function makeRequest(request: Exchange, signal: AbortSignal): Promise<ExchangeAnswer> {
  const { got } = await import('got');
  const agent = await proxyAgents();
  const { method, url, headers, patience, to, mostText = MOST_TEXT } = request;
  const { body, length } = bodyOf(request);
  const stream = got.stream(url, {
    method,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'bootlap', ...headers, ...length },
    ...(body === undefined ? {} : { body }),
    decompress: false,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { connect: patience.connect, socket: patience.stall },
    signal,
    ...(agent === undefined ? {} : { agent: { ...agent } }),
  });
  const sent = request.body !== undefined && 'sent' in request.body ? request.body.sent : undefined;
  stream.on('uploadProgress', ({ transferred }: { transferred: number }) => sent?.(transferred));
  const { statusCode: status, headers: answered } = await headOf(stream);
  if (to === undefined || status !== 200) {
    return { status, headers: answered, text: await beginning(stream, mostText) };
  }
  await receive(stream, to, signal);
  return { status, headers: answered, text: '' };
}

function bodyOf({ method, body }: Exchange): { body?: Readable | string; length?: { 'content-length': string } } {
  if (body === undefined) {
    return method === 'POST' ? { body: '', length: { 'content-length': '0' } } : {};
  }
  return 'text' in body
    ? { body: body.text, length: { 'content-length': String(Buffer.byteLength(body.text)) } }
    : { body: createReadStream(body.path), length: { 'content-length': String(body.bytes) } };
}

type Head = Pick<IncomingMessage, 'headers'> & { readonly statusCode: number };

function headOf(stream: Readable): Promise<Head> {
  return new Promise((resolve, reject) => {
    // It stays: what breaks later must not end the process.
    stream.on('error', reject);
    stream.once('response', (head: Head) => resolve(head));
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

async function beginning(stream: Readable, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    received += chunk.length;
    if (received > mostBytes) {
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { code } = error as NodeJS.ErrnoException;
  const message = withoutLogin(error.message);
  if (code === undefined) {
    return message;
  }
  if (code === 'EPROTO' && message.includes('wrong version number')) {
    return 'speaks no https, only plain http if anything';
  }
  const happened = UNREACHED.has(code) ? 'cannot be reached' : BROKEN.has(code) ? 'breaks off' : 'gives no answer';
  return `${happened} (${message.includes(code) ? message : `${message}, ${code}`})`;
}

const UNREACHED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

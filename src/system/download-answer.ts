import type { Readable } from 'node:stream';
import { inWords, type Transfer } from './download-receive.js';
import { whyUnsafe } from './plain-http.js';
import { proxyAgents } from './proxy.js';

/** The head of a server's answer, and the bytes that follow it. */
export interface Answer {
  readonly stream: Readable;
  readonly status: number;
  /** First byte of what a 206 brings. */
  readonly rangeStart: number;
  /** Bytes to come, where the server says. */
  readonly length?: number;
  /** Why a redirect was not followed. */
  readonly redirect?: string;
}

/** A server that is there accepts within this time; the next address need not wait for one that is not. */
const CONNECT_MILLISECONDS = 10_000;

/** Asks for a file from its byte `have` on and waits for the head of the answer; gives what is wrong where none comes. */
export async function ask(task: Transfer, have: number): Promise<Answer | { readonly detail: string }> {
  const { got } = await import('got');
  const agent = await proxyAgents();
  const stream = got.stream(task.url, {
    headers: { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
    decompress: false,
    followRedirect: (response) => task.unvouched !== true || whyNotFollowed(response) === undefined,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: {
      connect: Math.min(CONNECT_MILLISECONDS, task.stallMilliseconds),
      response: task.stallMilliseconds,
      send: task.stallMilliseconds,
    },
    ...(task.signal === undefined ? {} : { signal: task.signal }),
    ...(agent === undefined ? {} : { agent: { ...agent } }),
  });
  return new Promise((resolve) => {
    stream.on('error', (error) => resolve({ detail: inWords(error, task) }));
    stream.once('response', (response: Head) => resolve({ stream, ...readHead(response) }));
  });
}

interface Head {
  readonly statusCode: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function readHead(head: Head): Omit<Answer, 'stream'> {
  const length = Number(head.headers['content-length'] ?? Number.NaN);
  const rangeStart = Number(/^bytes (\d+)-/.exec(String(head.headers['content-range']))?.[1] ?? Number.NaN);
  const redirect = whyNotFollowed(head);
  return {
    status: head.statusCode,
    rangeStart,
    ...(Number.isNaN(length) ? {} : { length }),
    ...(redirect === undefined ? {} : { redirect }),
  };
}

/** Why bytes that no digest vouches for are not taken from where an answer points; `undefined` where it may be followed. */
function whyNotFollowed({ statusCode, headers, url }: Head): string | undefined {
  const { location } = headers;
  if (statusCode < 300 || statusCode > 399 || typeof location !== 'string') {
    return undefined;
  }
  const to = URL.canParse(location, url) ? new URL(location, url).href : location;
  const unsafe = whyUnsafe(to);
  return unsafe === undefined ? undefined : `redirects to ${to}, which ${unsafe}`;
}

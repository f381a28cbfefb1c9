import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * How the server answers one request for a path. `stop-after`: that many bytes of the answer, then the connection is
 * cut. `hang`: not one byte of an answer. `stall-after`: that many bytes, then silence.
 */
export type Answer =
  | { readonly kind: 'serve' }
  | { readonly kind: 'serve-without-ranges' }
  | { readonly kind: 'serve-without-length' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'other-bytes' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'stop-after'; readonly bytes: number }
  | { readonly kind: 'stall-after'; readonly bytes: number };

/** A request as it arrived. */
export interface SeenRequest {
  readonly path: string;
  readonly range?: string;
}

/** A real HTTP server on this machine that can be told to misbehave. */
export interface HttpRig {
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  readonly seen: readonly SeenRequest[];
  /** Puts bytes at a path. Answers are used up in turn; the last one stays. */
  put(path: string, bytes: Uint8Array, ...answers: Answer[]): string;
  close(): Promise<void>;
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly answers: Answer[];
}

/** Starts a server on a free port. */
export async function startHttpRig(): Promise<HttpRig> {
  const entries = new Map<string, Entry>();
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const { range } = request.headers;
    seen.push({ path, ...(range === undefined ? {} : { range }) });
    answer(entries.get(path), request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    seen,
    put(path, bytes, ...answers) {
      entries.set(path, { bytes, answers: answers.length === 0 ? [{ kind: 'serve' }] : answers });
      return `${address}${path}`;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(entry: Entry | undefined, request: IncomingMessage, response: ServerResponse): void {
  const how = entry === undefined ? undefined : entry.answers.length > 1 ? entry.answers.shift() : entry.answers[0];
  if (entry === undefined || how === undefined) {
    response.writeHead(404).end('no such thing');
    return;
  }
  switch (how.kind) {
    case 'serve':
      return serve(entry.bytes, request, response);
    case 'serve-without-ranges':
      response.writeHead(200, { 'content-length': entry.bytes.length }).end(entry.bytes);
      return;
    case 'serve-without-length':
      response.writeHead(200);
      response.write(entry.bytes);
      response.end();
      return;
    case 'status':
      response.writeHead(how.status).end('said so');
      return;
    case 'redirect':
      response.writeHead(302, { location: how.to }).end();
      return;
    case 'other-bytes':
      return serve(
        entry.bytes.map((byte) => byte ^ 0xff),
        request,
        response,
      );
    case 'hang':
      return;
    case 'stop-after':
      return serve(entry.bytes, request, response, (body) => {
        response.write(body.subarray(0, how.bytes), () => setTimeout(() => response.destroy(), 20));
      });
    case 'stall-after':
      return serve(entry.bytes, request, response, (body) => void response.write(body.subarray(0, how.bytes)));
  }
}

function serve(
  bytes: Uint8Array,
  request: IncomingMessage,
  response: ServerResponse,
  send: (body: Uint8Array) => void = (body) => void response.end(body),
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
  if (start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const body = Number.isNaN(start) ? bytes : bytes.subarray(start);
  const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(Number.isNaN(start) ? 200 : 206, {
    'content-length': body.length,
    'accept-ranges': 'bytes',
    ...(Number.isNaN(start) ? {} : range),
  });
  send(body);
}

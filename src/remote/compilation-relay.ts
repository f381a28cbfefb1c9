import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { SharedCompilations } from '../core/compilations.js';

/** Where what ccache asks of its HTTP storage comes from and goes to. */
export interface RelayOptions {
  /** The bytes of an entry; `undefined` where there is none. */
  get(name: string): Promise<Buffer | undefined>;
  put(name: string, bytes: Buffer): void;
  readonly mostBytes: number;
  readonly isReadOnly: boolean;
  readonly isOfOthers: boolean;
}

/** What ccache calls its entries. */
const NAME = /^[0-9a-z]{16,128}$/;

/**
 * Opens an HTTP server on the loopback interface for ccache. Everybody on this machine can reach it, so its paths begin
 * with a secret: what is put there will be signed. `undefined` where there is no such interface.
 */
export async function openRelay(options: RelayOptions): Promise<SharedCompilations | undefined> {
  const secret = randomBytes(24).toString('hex');
  const server = createServer((request, response) => {
    answer(request, response, { ...options, secret }).catch(() => response.destroy());
  });
  const port = await listen(server);
  if (port === undefined) {
    return undefined;
  }
  return {
    address: `http://127.0.0.1:${port}/${secret}`,
    isReadOnly: options.isReadOnly,
    isOfOthers: options.isOfOthers,
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<number | undefined> {
  return new Promise((resolve) => {
    // It stays: a connection that cannot be taken must not end the process.
    server.on('error', () => resolve(undefined));
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' ? address?.port : undefined);
    });
  });
}

interface Relay extends RelayOptions {
  readonly secret: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, relay: Relay): Promise<void> {
  const name = nameIn(request.url ?? '', relay);
  if (name !== undefined && request.method === 'GET') {
    const bytes = await relay.get(name);
    response.writeHead(bytes === undefined ? 404 : 200, { 'content-length': bytes?.length ?? 0 }).end(bytes);
    return;
  }
  const isTaken = name !== undefined && request.method === 'PUT' && (await take(name, request, relay));
  response.writeHead(isTaken ? 201 : 404, { 'content-length': 0 }).end();
  request.resume();
}

async function take(name: string, request: IncomingMessage, relay: Relay): Promise<boolean> {
  const bytes = relay.isReadOnly ? undefined : await received(request, relay);
  if (bytes !== undefined) {
    relay.put(name, bytes);
  }
  return bytes !== undefined;
}

/** The entry that a path is of, for who knows the secret. */
function nameIn(path: string, { secret }: Relay): string | undefined {
  const [, first, name = '', ...more] = path.split('/');
  return first === secret && NAME.test(name) && more.length === 0 ? name : undefined;
}

/** The whole of what was sent; `undefined` where it is too much, or was broken off. */
async function received(request: IncomingMessage, { mostBytes }: Relay): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return request.complete ? Buffer.concat(chunks) : undefined;
}

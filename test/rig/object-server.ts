import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What befalls a request. */
export type Fault = 'none' | 'drop' | 'delay' | 'truncate' | 'corrupt' | 'break' | 'silence' | 'drip' | 'flood';

/** A real HTTP server on this machine that keeps what is put there, and can be told to misbehave. */
export interface ObjectServer {
  readonly address: string;
  readonly objects: Map<string, Buffer>;
  /** Method and path of each request, and what befell it. */
  readonly seen: { readonly method: string; readonly path: string; readonly fault: Fault }[];
  /** The most requests that were under way at once. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

/** Starts one; `faultFor` decides over each request. */
export async function startObjectServer(
  faultFor: (method: string, path: string) => Fault = () => 'none',
): Promise<ObjectServer> {
  const objects = new Map<string, Buffer>();
  const seen: { method: string; path: string; fault: Fault }[] = [];
  let [now, most] = [0, 0];
  const server = createServer((request, response) => {
    const { method = '', url: path = '' } = request;
    const fault = faultFor(method, path);
    seen.push({ method, path, fault });
    now += 1;
    most = Math.max(most, now);
    response.once('close', () => (now -= 1));
    void answer({ request, response, objects, fault });
  });
  await listen(server);
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    seen,
    mostAtOnce: () => most,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly objects: Map<string, Buffer>;
  readonly fault: Fault;
}

async function answer({ request, response, objects, fault }: Exchange): Promise<void> {
  const path = request.url ?? '';
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
  } catch {
    return;
  }
  if (fault === 'drop') {
    request.socket.destroy();
    return;
  }
  if (fault === 'silence') {
    return;
  }
  if (fault === 'break') {
    response.writeHead(500).end('no');
    return;
  }
  if (fault === 'delay') {
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  if (request.method === 'PUT') {
    const bytes = Buffer.concat(chunks);
    objects.set(path, fault === 'none' || fault === 'delay' ? bytes : harmed(bytes, fault));
    response.writeHead(201).end();
    return;
  }
  const bytes = objects.get(path);
  if (bytes === undefined) {
    response.writeHead(404).end();
  } else if (request.method === 'HEAD') {
    response.writeHead(200, { 'content-length': bytes.length }).end();
  } else {
    send(response, bytes, fault);
  }
}

function send(response: ServerResponse, bytes: Buffer, fault: Fault): void {
  switch (fault) {
    case 'truncate':
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1), () => setTimeout(() => response.destroy(), 5));
      return;
    case 'drip':
      response.writeHead(200, { 'content-length': bytes.length });
      drip(response, bytes);
      return;
    case 'flood':
      response.writeHead(200);
      flood(response);
      return;
    default:
      response.writeHead(200).end(fault === 'corrupt' ? harmed(bytes, fault) : bytes);
  }
}

/** A byte now and then: never silent, never done. */
function drip(response: ServerResponse, bytes: Buffer): void {
  let index = 0;
  const timer = setInterval(() => response.write(bytes.subarray(index, (index += 1))), 50);
  response.once('close', () => clearInterval(timer));
}

function flood(response: ServerResponse): void {
  const block = Buffer.alloc(1024 * 1024, 7);
  const more = (): void => {
    while (!response.destroyed && response.write(block)) {
      // Until its buffer is full.
    }
  };
  response.on('drain', more);
  more();
}

function harmed(bytes: Buffer, fault: Fault): Buffer {
  if (fault === 'truncate') {
    return bytes.subarray(0, bytes.length >> 1);
  }
  const other = Buffer.from(bytes);
  const at = Math.floor(Math.random() * other.length);
  other[at] = (other[at] ?? 0) ^ 0x20;
  return other;
}

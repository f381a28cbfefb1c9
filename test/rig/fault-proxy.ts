import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What befalls a request, or its answer, on its way. */
export const FAULTS = ['drop', 'delay', 'truncate', 'corrupt', 'break'] as const;
export type Mishap = (typeof FAULTS)[number];

/** A proxy before a real server, on this machine, that mistreats what passes through it. */
export interface FaultProxy {
  readonly address: string;
  /** How many requests came. */
  requests(): number;
  /** How many of them met each mishap. */
  mishaps(): Readonly<Record<Mishap, number>>;
  close(): Promise<void>;
}

/** What a proxy does. */
export interface FaultProxyOptions {
  /** The server behind it, `http://127.0.0.1:<port>`. */
  readonly server: string;
  /** Gives numbers from 0 up to 1. */
  readonly next: () => number;
  /** How many of the requests meet something. */
  readonly share: number;
  /** The longest delay. */
  readonly mostMilliseconds: number;
}

/** Starts one on a free port. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { next, share } = options;
  const counts: Record<Mishap, number> = { drop: 0, delay: 0, truncate: 0, corrupt: 0, break: 0 };
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const mishap = next() < share ? FAULTS[Math.floor(next() * FAULTS.length)] : undefined;
    if (mishap !== undefined) {
      counts[mishap] += 1;
    }
    // What breaks between the two sides is what this is for.
    pass({ request, response, mishap, options }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    mishaps: () => counts,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Passage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly mishap: Mishap | undefined;
  readonly options: FaultProxyOptions;
}

async function pass({ request, response, mishap, options }: Passage): Promise<void> {
  const { next, mostMilliseconds } = options;
  if (mishap === 'drop' && next() < 0.5) {
    request.socket.destroy();
    return;
  }
  const sent = await bytesOf(request);
  if (mishap === 'break') {
    response.writeHead(500).end('no');
    return;
  }
  if (mishap === 'delay') {
    await sleep(next() * mostMilliseconds);
  }
  // What is sent goes bad on its way to the server as well, which keeps it then.
  const isSpoilt = sent.length > 0 && (mishap === 'truncate' || mishap === 'corrupt');
  const answer = await forward(request, isSpoilt ? spoilt(sent, mishap, next) : sent, options.server);
  if (mishap === 'drop') {
    request.socket.destroy();
    return;
  }
  const { statusCode: status = 500 } = answer.head;
  response.writeHead(status, { 'content-length': answer.head.headers['content-length'] ?? '0' });
  if (mishap === 'truncate' && answer.body.length > 0) {
    response.write(answer.body.subarray(0, answer.body.length >> 1), () => response.destroy());
  } else {
    response.end(mishap === 'corrupt' && answer.body.length > 0 ? spoilt(answer.body, mishap, next) : answer.body);
  }
}

function spoilt(bytes: Buffer, mishap: 'truncate' | 'corrupt', next: () => number): Buffer {
  if (mishap === 'truncate') {
    return bytes.subarray(0, bytes.length >> 1);
  }
  const other = Buffer.from(bytes);
  const at = Math.floor(next() * other.length);
  other[at] = (other[at] ?? 0) ^ 0x20;
  return other;
}

interface Forwarded {
  readonly head: IncomingMessage;
  readonly body: Buffer;
}

function forward({ method, url, headers }: IncomingMessage, body: Buffer, server: string): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const own = { ...headers, host: new URL(server).host, 'content-length': String(body.length), connection: 'close' };
    const onward = ask(`${server}${url ?? '/'}`, { method, headers: own }, (head) => {
      bytesOf(head).then((received) => resolve({ head, body: received }), reject);
    });
    onward.once('error', reject);
    onward.end(body);
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

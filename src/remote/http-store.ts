import { exchange, type Exchange, type ExchangeEnd, type Patience } from '../system/http-exchange.js';
import type { Answer, Place, RemoteStore } from './store.js';

/** A server with the layout of Bazel's HTTP cache: `<url>/ac/<sha256>`, `<url>/cas/<sha256>`. */
export interface HttpStoreOptions {
  /** Without a slash at its end, and without credentials. */
  readonly url: string;
  /** The value of the header `authorization`. */
  readonly authorization?: string | undefined;
  readonly patience?: StorePatience | undefined;
}

/** Milliseconds for a connection, for the next byte, and for what has no bytes to speak of; and the least speed of the rest. */
export interface StorePatience {
  readonly connect: number;
  readonly stall: number;
  readonly base: number;
  readonly leastBytesPerSecond: number;
}

const PATIENCE: StorePatience = { connect: 5_000, stall: 10_000, base: 20_000, leastBytesPerSecond: 256 * 1024 };

/** Speaks to nginx with DAV, bazel-remote, or whatever else takes GET, HEAD and PUT. */
export function httpStore({ url, authorization, patience = PATIENCE }: HttpStoreOptions): RemoteStore {
  const ask = async (
    { shelf, key }: Place,
    request: Pick<Exchange, 'method' | 'body' | 'to' | 'signal'>,
    bytes: number,
  ): Promise<Answer> => {
    const headers = authorization === undefined ? {} : { authorization };
    const times = patienceFor(patience, bytes);
    return answerOf(await exchange({ ...request, url: `${url}/${shelf}/${key}`, headers, patience: times }));
  };
  return {
    host: new URL(url).host,
    get: (place, to, signal) => ask(place, { method: 'GET', to, signal }, to.mostBytes),
    has: (place, signal) => ask(place, { method: 'HEAD', signal }, 0),
    put: (place, body, signal) => ask(place, { method: 'PUT', body, signal }, body.bytes),
  };
}

function patienceFor({ connect, stall, base, leastBytesPerSecond }: StorePatience, bytes: number): Patience {
  return { connect, stall, total: base + Math.ceil((bytes / leastBytesPerSecond) * 1000) };
}

/** Busy, or broken for the moment. */
const PASSING = new Set([408, 425, 429]);

function answerOf(end: ExchangeEnd): Answer {
  const { status } = end;
  if (status === undefined) {
    return { kind: 'trouble', detail: end.detail, slow: end.slow };
  }
  if (status >= 200 && status < 300) {
    return { kind: 'done' };
  }
  const detail =
    status === 401 || status === 403 ? `wants other credentials (it answered ${status})` : `answered ${status}`;
  if (status === 404 || status === 410) {
    return { kind: 'missing' };
  }
  return status >= 500 || PASSING.has(status) ? { kind: 'trouble', detail, slow: false } : { kind: 'refused', detail };
}

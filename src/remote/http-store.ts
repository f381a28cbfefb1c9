import { exchange, type Exchange } from '../system/http-exchange.js';
import { answerOf } from './answers.js';
import { PATIENCE, patienceFor, type StorePatience } from './patience.js';
import type { Answer, Place, RemoteStore } from './store.js';

/** A server with the layout of Bazel's HTTP cache: `<url>/ac/<sha256>`, `<url>/cas/<sha256>`. */
export interface HttpStoreOptions {
  /** Without a slash at its end, and without credentials. */
  readonly url: string;
  /** The value of the header `authorization`. */
  readonly authorization?: string | undefined;
  readonly patience?: StorePatience | undefined;
}

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
    takesMany: true,
    get: (place, to, signal) => ask(place, { method: 'GET', to, signal }, to.mostBytes),
    has: (place, signal) => ask(place, { method: 'HEAD', signal }, 0),
    put: (place, body, signal) => ask(place, { method: 'PUT', body, signal }, body.bytes),
  };
}

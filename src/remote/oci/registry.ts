import type { Digest } from '../../core/digest.js';
import { failed, success, type Result } from '../../core/result.js';
import { exchange, type Exchange, type ExchangeAnswer, type Patience } from '../../system/http-exchange.js';
import { answerOf } from '../answers.js';
import { patienceFor, type StorePatience } from '../patience.js';
import type { Answer } from '../store.js';
import { Access, type Action, type RegistryCredentials } from './access.js';
import { mayGoTo, type OciAddress } from './address.js';

/** A registry to speak to. */
export interface RegistryOptions {
  readonly address: OciAddress;
  readonly credentials: () => Promise<RegistryCredentials>;
  readonly patience: StorePatience;
}

/** What is asked of a registry. */
export interface Asking extends Pick<Exchange, 'method' | 'body' | 'to' | 'mostText'> {
  /** Below the repository (`blobs/sha256:...`), or a whole address that the registry named. */
  readonly at: string;
  readonly action: Action;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** How many bytes move, for the time that it may take. */
  readonly bytes?: number;
}

/** What a registry answered, whatever the status; or why it did not. */
export type Response = Result<ExchangeAnswer, Answer>;

/** Blobs are often at another server, and that at a third. */
const MOST_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** One repository of a registry that speaks the OCI distribution protocol, 1.0 or 1.1. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #access: Access;

  constructor(options: RegistryOptions) {
    this.#options = options;
    const { address, credentials, patience } = options;
    this.#access = new Access({ address, credentials, patience: patienceFor(patience, 0) });
  }

  /** Where something of the repository lies. */
  addressOf(path: string): string {
    const { base, repository } = this.#options.address;
    return `${base}/v2/${repository}/${path}`;
  }

  /** Brings a blob, or with HEAD tells whether there is one, from wherever the registry keeps it. */
  async blob(digest: Digest, asking: Omit<Asking, 'at' | 'headers'>): Promise<Answer> {
    let at = `blobs/sha256:${digest}`;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const response = await this.ask({ ...asking, at });
      if (!response.ok) {
        return response.failure;
      }
      const { status, headers } = response.value;
      if (!REDIRECTS.has(status)) {
        return answerOf(response.value);
      }
      const next = this.#named(headers.location, at);
      if (next === undefined) {
        return { kind: 'refused', detail: 'sends for a blob to an address that is not safe' };
      }
      at = next;
    }
    return { kind: 'refused', detail: 'sends for a blob from one address to the next' };
  }

  /** Puts a blob there: one request says that it comes, the next one sends it to where the registry wants it. */
  async putBlob(
    digest: Digest,
    body: { path: string; bytes: number } | { text: string },
    signal: AbortSignal,
  ): Promise<Answer> {
    const at = 'blobs/uploads/';
    const begun = await this.ask({ method: 'POST', at, action: 'push', signal });
    if (!begun.ok || begun.value.status !== 202) {
      return begun.ok ? writeAnswer(begun.value) : begun.failure;
    }
    const place = this.#named(begun.value.headers.location, at);
    if (place === undefined) {
      return { kind: 'refused', detail: 'wants a blob at an address that is not safe' };
    }
    const put = await this.ask({
      method: 'PUT',
      at: `${place}${place.includes('?') ? '&' : '?'}digest=sha256%3A${digest}`,
      action: 'push',
      headers: { 'content-type': 'application/octet-stream' },
      body,
      bytes: 'bytes' in body ? body.bytes : 0,
      signal,
    });
    return put.ok ? writeAnswer(put.value) : put.failure;
  }

  /** Makes one request, and once more with another login where the registry asks for one. */
  async ask(asking: Asking): Promise<Response> {
    const { action, signal } = asking;
    const url = this.#absolute(asking.at);
    if (!this.#isOwn(url)) {
      return this.#send(asking, url, undefined);
    }
    const known = await this.#access.authorization(action, signal);
    if (!known.ok) {
      return known;
    }
    const response = await this.#send(asking, url, known.value);
    if (!response.ok || response.value.status !== 401) {
      return response;
    }
    const wants = response.value.headers['www-authenticate'];
    const other = await this.#access.afterRefusal(action, { refused: known.value, wants }, signal);
    if (!other.ok || other.value === undefined) {
      return other.ok ? response : other;
    }
    return this.#send(asking, url, other.value);
  }

  async #send(asking: Asking, url: string, authorization: string | undefined): Promise<Response> {
    const { method, body, to, mostText, signal, headers } = asking;
    const end = await exchange({
      method,
      url,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
      ...(body === undefined ? {} : { body }),
      ...(to === undefined ? {} : { to }),
      ...(mostText === undefined ? {} : { mostText }),
      patience: this.#patience(asking),
      signal,
    });
    return end.status === undefined ? failed(answerOf(end)) : success(end);
  }

  /** A registry puts together and checks what it was sent before it answers, at another server perhaps. */
  #patience({ method, bytes = 0 }: Asking): Patience {
    const times = patienceFor(this.#options.patience, bytes);
    return method === 'PUT' ? { ...times, stall: times.stall + Math.ceil(times.total / 10) } : times;
  }

  #absolute(at: string): string {
    return /^https?:/.test(at) ? at : this.addressOf(at);
  }

  /** Whether an address is the registry's own: nobody else gets what it is entered with. */
  #isOwn(url: string): boolean {
    return new URL(url).origin === this.#options.address.base;
  }

  /** An address that the registry names in an answer, if it may be gone to. */
  #named(location: string | undefined, from: string): string | undefined {
    const base = this.#absolute(from);
    if (location === undefined || !URL.canParse(location, base)) {
      return undefined;
    }
    const { href } = new URL(location, base);
    return mayGoTo(href, this.#options.address) ? href : undefined;
  }
}

/** What came of a request to write. */
export function writeAnswer(end: ExchangeAnswer): Answer {
  switch (end.status) {
    case 404:
      return { kind: 'refused', detail: 'has no such repository (it answered 404)' };
    case 405:
      return { kind: 'refused', detail: 'takes nothing (it answered 405)' };
    default:
      return withReason(answerOf(end), end.text);
  }
}

/** Registries say why in one word, which helps whoever looks after them. */
function withReason(answer: Answer, text: string): Answer {
  const [, reason] = /"code"\s*:\s*"([A-Z_]{3,40})"/.exec(text) ?? [];
  return reason === undefined || answer.kind !== 'refused'
    ? answer
    : { ...answer, detail: `${answer.detail}: ${reason}` };
}

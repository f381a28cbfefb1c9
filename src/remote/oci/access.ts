import { failed, success, type Result } from '../../core/result.js';
import { exchange, type ExchangeEnd, type Patience } from '../../system/http-exchange.js';
import type { RegistryLogin } from '../../system/docker-config.js';
import { answerOf } from '../answers.js';
import type { Answer } from '../store.js';
import { mayGoTo, type OciAddress } from './address.js';
import { challengesIn, type Challenge } from './challenge.js';

/** What is done in a repository. Who pushes has to pull as well, to see what is there. */
export type Action = 'pull' | 'push';

/** What is known of who we are. */
export interface RegistryCredentials extends RegistryLogin {
  /** Sent as it is, as a bearer token. */
  readonly token?: string;
}

/** Whose door it is, and how it is opened. */
export interface AccessOptions {
  readonly address: OciAddress;
  /** Asked for once, when it is needed first. */
  readonly credentials: () => Promise<RegistryCredentials>;
  readonly patience: Patience;
}

interface Pass {
  readonly authorization: string;
  /** By the clock of `performance.now()`. */
  readonly until: number;
}

/** Asked for as often as it is good for. */
type Way = (signal: AbortSignal) => Promise<Result<Pass, Answer>>;

/** More than any token is. */
const MOST_TOKEN_BYTES = 256 * 1024;
/** What a token lasts whose server does not say; from the specification of Docker's token authentication. */
const USUAL_SECONDS = 60;
const MOST_SECONDS = 3600;

/**
 * Gets into a registry: by what it asks for when it is first met (a token from the server that it names, or name and
 * password), which is kept for its time. Many requests that need a token at once get one.
 */
export class Access {
  readonly #options: AccessOptions;
  #credentials: Promise<RegistryCredentials> | undefined;
  readonly #ways = new Map<Action, Way>();
  readonly #passes = new Map<Action, Pass>();
  readonly #underWay = new Map<Action, Promise<Result<Pass, Answer>>>();

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** The header to begin with; without a value where nothing is known of the registry yet, or it wants nothing. */
  async authorization(action: Action, signal: AbortSignal): Promise<Result<string | undefined, Answer>> {
    const way = this.#ways.get(action);
    if (way === undefined) {
      const { token } = await this.#who();
      return success(token === undefined ? undefined : `Bearer ${token}`);
    }
    const pass = this.#passes.get(action);
    return pass !== undefined && pass.until > performance.now()
      ? success(pass.authorization)
      : this.#renew(action, way, signal);
  }

  /** Another header after one was turned away, by what the registry says that it wants. */
  async afterRefusal(
    action: Action,
    { refused, wants }: { readonly refused: string | undefined; readonly wants: string | undefined },
    signal: AbortSignal,
  ): Promise<Result<string | undefined, Answer>> {
    const way = await this.#wayFor(action, challengesIn(wants ?? ''));
    const pass = this.#passes.get(action);
    if (pass !== undefined && pass.authorization !== refused) {
      // Others were turned away at the same time, and one of them has been to the server for tokens.
      return success(pass.authorization);
    }
    if (way === undefined) {
      return success(undefined);
    }
    this.#ways.set(action, way);
    return this.#renew(action, way, signal);
  }

  async #renew(action: Action, way: Way, signal: AbortSignal): Promise<Result<string, Answer>> {
    const underWay = this.#underWay.get(action) ?? way(signal);
    this.#underWay.set(action, underWay);
    const came = await underWay;
    this.#underWay.delete(action);
    if (!came.ok) {
      return came;
    }
    this.#passes.set(action, came.value);
    return success(came.value.authorization);
  }

  async #wayFor(action: Action, challenges: readonly Challenge[]): Promise<Way | undefined> {
    const who = await this.#who();
    if (who.token !== undefined) {
      return undefined;
    }
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'));
    if (bearer !== undefined) {
      return (signal) => this.#token({ action, who, challenge: bearer }, signal);
    }
    const { login } = who;
    return login === undefined || !challenges.some(({ scheme }) => scheme === 'basic')
      ? undefined
      : () => Promise.resolve(success({ authorization: basic(login), until: Infinity }));
  }

  #who(): Promise<RegistryCredentials> {
    this.#credentials ??= this.#options.credentials();
    return this.#credentials;
  }

  /** Asks the server that the registry names: https://distribution.github.io/distribution/spec/auth/token/ */
  async #token(request: TokenRequest, signal: AbortSignal): Promise<Result<Pass, Answer>> {
    const { address, patience } = this.#options;
    const realm = request.challenge.parameters.get('realm') ?? '';
    if (!mayGoTo(realm, address)) {
      return failed({ kind: 'refused', detail: 'sends for its tokens to an address that is not safe' });
    }
    const asked = tokenExchange(new URL(realm), request, address.repository);
    const end = await exchange({ ...asked, patience, signal, mostText: MOST_TOKEN_BYTES });
    const answer = answerOf(end);
    if (answer.kind !== 'done') {
      return failed(tokenRefusal(end, answer));
    }
    const pass = end.status === undefined ? undefined : passIn(end.text);
    return pass === undefined
      ? failed({ kind: 'trouble', slow: false, detail: 'has a server for tokens that gives none' })
      : success(pass);
  }
}

interface TokenRequest {
  readonly action: Action;
  readonly who: RegistryCredentials;
  readonly challenge: Challenge;
}

function tokenExchange(
  realm: URL,
  { action, who, challenge }: TokenRequest,
  repository: string,
): Pick<Parameters<typeof exchange>[0], 'method' | 'url' | 'headers' | 'body'> {
  const service = challenge.parameters.get('service');
  const asked = {
    ...(service === undefined ? {} : { service }),
    // What the registry names here is not looked at: it could name another's repository.
    scope: `repository:${repository}:${action === 'pull' ? 'pull' : 'pull,push'}`,
  };
  if (who.identityToken !== undefined) {
    const words = { ...asked, grant_type: 'refresh_token', client_id: 'bootlap', refresh_token: who.identityToken };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm.href, headers, body: { text: new URLSearchParams(words).toString() } };
  }
  Object.entries(asked).forEach(([name, value]) => realm.searchParams.set(name, value));
  const headers = who.login === undefined ? {} : { authorization: basic(who.login) };
  return { method: 'GET', url: realm.href, headers };
}

function tokenRefusal({ status }: ExchangeEnd, answer: Answer): Answer {
  if (answer.kind === 'trouble') {
    return { ...answer, detail: `has a server for tokens that ${answer.detail}` };
  }
  return { kind: 'refused', detail: `wants other credentials (its server for tokens answered ${status ?? 'nothing'})` };
}

function passIn(text: string): Pass | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { token, access_token: other, expires_in: seconds } = (said ?? {}) as Record<string, unknown>;
  const value = [token, other].find((each): each is string => typeof each === 'string' && /^[\x21-\x7e]+$/.test(each));
  if (value === undefined) {
    return undefined;
  }
  const lasts = typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, MOST_SECONDS) : USUAL_SECONDS;
  // A little less, for the time that an upload takes to get there.
  return { authorization: `Bearer ${value}`, until: performance.now() + lasts * 900 };
}

function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

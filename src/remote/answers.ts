import type { ExchangeEnd } from '../system/http-exchange.js';
import type { Answer } from './store.js';

/** Busy, or broken for the moment. */
const PASSING = new Set([408, 425, 429]);

/** What the end of a request over HTTP comes to. */
export function answerOf(end: ExchangeEnd): Answer {
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

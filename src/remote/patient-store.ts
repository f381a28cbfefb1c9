import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, digestFile } from '../system/files.js';
import { Breaker } from './breaker.js';
import type { Answer, Place, RemoteStore } from './store.js';
import { Turns } from './turns.js';

/** How a store is dealt with. */
export interface Manner {
  /** Requests at once. */
  readonly atOnce: number;
  readonly tries: number;
  /** Before the second try, about; twice as long before the third, and so on. */
  readonly pauseMilliseconds: number;
  /** How long a server is left alone after repeated trouble. */
  readonly restMilliseconds: number;
}

const MANNER: Manner = { atOnce: 8, tries: 3, pauseMilliseconds: 200, restMilliseconds: 60_000 };

/**
 * A store over another one that asks again, never too much at once, and not at all for a while after repeated trouble.
 * Bytes that do not have the digest that they are found by are trouble. `tell` hears of the first trouble of each kind
 * of request that is given up.
 */
export function patientStore(
  store: RemoteStore,
  tell: (detail: string, of: 'read' | 'write') => void,
  manner: Partial<Manner> = {},
): RemoteStore {
  const { atOnce, tries, pauseMilliseconds, restMilliseconds } = { ...MANNER, ...manner };
  const turns = new Turns(atOnce);
  // Apart, because a server that takes nothing may still give.
  const reads = new Breaker(restMilliseconds);
  const writes = new Breaker(restMilliseconds);

  const persist = (of: 'read' | 'write', ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> =>
    turns.take(async () => {
      const breaker = of === 'read' ? reads : writes;
      let answer: Answer = { kind: 'refused', detail: 'is left alone after repeated trouble' };
      for (let tried = 0; tried < tries && !breaker.isOpen() && !signal.aborted; tried += 1) {
        await pauseBefore(tried, pauseMilliseconds, signal);
        answer = await ask();
        if (isFinal(answer, breaker, signal)) {
          break;
        }
      }
      if (!signal.aborted && (answer.kind === 'trouble' || answer.kind === 'refused')) {
        tell(answer.detail, of);
      }
      return answer;
    }, signal);

  return {
    host: store.host,
    takesMany: store.takesMany === true,
    get: (place, to, signal) =>
      persist('read', async () => checked(place, to.path, await store.get(place, to, signal)), signal),
    has: (place, signal) => persist('write', () => store.has(place, signal), signal),
    put: (place, from, signal) => persist('write', () => store.put(place, from, signal), signal),
  };
}

/** Notes an answer, and tells whether it is the last one. What we have broken off ourselves is nobody's trouble. */
function isFinal(answer: Answer, breaker: Breaker, signal: AbortSignal): boolean {
  if (!signal.aborted) {
    note(breaker, answer);
  }
  return signal.aborted || answer.kind !== 'trouble' || answer.slow;
}

function note(breaker: Breaker, answer: Answer): void {
  if (answer.kind === 'trouble') {
    breaker.trouble(answer.slow);
  } else if (answer.kind === 'refused') {
    breaker.trouble(true);
  } else {
    breaker.well();
  }
}

/** Half as long to half as long again, so that many machines do not ask in step. */
async function pauseBefore(tried: number, pauseMilliseconds: number, signal: AbortSignal): Promise<void> {
  if (tried > 0) {
    const jitter = 0.5 + Math.random();
    await sleep(pauseMilliseconds * 2 ** (tried - 1) * jitter, undefined, { signal }).catch(() => undefined);
  }
}

function checked({ shelf, key }: Place, path: string, answer: Answer): Answer {
  if (answer.kind !== 'done' || shelf === 'ac') {
    return answer;
  }
  const digest = attempt(path, () => digestFile(path));
  return digest.ok && digest.value === key
    ? answer
    : { kind: 'trouble', slow: false, detail: `sent other bytes than those of ${key.slice(0, 12)}...` };
}

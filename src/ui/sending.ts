import type { Sending } from '../core/event.js';
import { ProgressMeter } from './progress-meter.js';
import { size } from './quantities.js';

/** Turns what is told of the sending to a shared cache into words. */
export class SendingMeter {
  readonly #meter = new ProgressMeter();

  /** `sending 3 results to cache.example.org: 55 MB, 5.2 MB/s, fetch:kernel 43 MB of 131 MB`; `now` in milliseconds. */
  words({ host, results, bytes, step, progress }: Sending, now: number): string {
    const { done, total } = progress ?? {};
    const current = done === undefined || total === undefined ? '' : ` ${size(done)} of ${size(total)}`;
    const note = step === undefined ? {} : { note: `${step}${current}` };
    this.#meter.report({ done: bytes, unit: 'bytes', ...note }, now);
    return `sending ${results} ${results === 1 ? 'result' : 'results'} to ${host}: ${this.#meter.words()}`;
  }
}

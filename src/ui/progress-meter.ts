import type { Progress } from '../core/step.js';
import { size } from './quantities.js';

/** Turns a step's progress reports into words, with a rate for what comes in bytes. */
export class ProgressMeter {
  /** Where the rate is counted from. */
  #first: Reading | undefined;
  #last: Reading | undefined;

  /** Takes a report; `now` in milliseconds. */
  report(progress: Progress, now: number): void {
    // A resumed download begins with what is there already, which must not count as speed;
    // and a step that does several things in turn begins anew with each.
    const reading = { progress, at: now };
    if (this.#last === undefined || beginsAnew(progress, this.#last.progress)) {
      this.#first = reading;
    }
    this.#last = reading;
  }

  /** `43 MB of 131 MB, 5.2 MB/s`, `37 of 120 boots, median 1.2 s`; empty before the first report. */
  words(): string {
    const last = this.#last?.progress;
    if (last === undefined) {
      return '';
    }
    const rate = last.unit === 'bytes' ? this.#bytesPerSecond() : undefined;
    return [
      last.unit === 'bytes' ? bytesDone(last) : piecesDone(last),
      ...(rate === undefined ? [] : [`${size(rate)}/s`]),
      ...(last.note === undefined ? [] : [last.note]),
    ].join(', ');
  }

  /** Unknown in the first half second, when it would say little. */
  #bytesPerSecond(): number | undefined {
    const first = this.#first;
    const last = this.#last;
    if (first === undefined || last === undefined || last.at - first.at < 500) {
      return undefined;
    }
    return ((last.progress.done - first.progress.done) * 1000) / (last.at - first.at);
  }
}

interface Reading {
  readonly progress: Progress;
  /** Milliseconds since 1970. */
  readonly at: number;
}

function beginsAnew(now: Progress, before: Progress): boolean {
  return now.unit !== before.unit || now.done < before.done || now.total !== before.total;
}

function bytesDone({ done, total }: Progress): string {
  return total === undefined ? size(done) : `${size(done)} of ${size(total)}`;
}

function piecesDone({ done, total, unit }: Progress): string {
  return total === undefined ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
}

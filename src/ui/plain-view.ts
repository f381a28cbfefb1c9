import type { Progress, StepName } from '../core/step.js';
import { type EventHandlers, type EventOf, handle, ignore } from './event-handlers.js';
import { ProgressMeter } from './progress-meter.js';
import { duration } from './quantities.js';
import { SendingMeter } from './sending.js';
import type { RunView, RunViewOptions } from './view.js';
import { becauseWords, endWords, waitingWords } from './step-words.js';

/** Between two lines about one step's progress, so that a log of CI stays readable. */
const PROGRESS_MILLISECONDS = 15_000;

/** One line per event, each with the time since the start of the run; never moves the cursor. */
export function openPlainView(options: RunViewOptions): RunView {
  const view = new PlainView(options);
  return { sink: (event) => handle(event, view.handlers), close: () => Promise.resolve() };
}

class PlainView {
  readonly #options: RunViewOptions;
  readonly #began: number;
  readonly #width: number;
  readonly #sending = new SendingMeter();
  #sendingShownAt = -Infinity;
  readonly #meters = new Map<StepName, { readonly meter: ProgressMeter; shownAt: number }>();

  constructor(options: RunViewOptions) {
    this.#options = options;
    this.#began = options.now();
    this.#width = Math.max(0, ...options.steps.map(({ name }) => name.length));
  }

  readonly handlers: EventHandlers = {
    run: ({ run, recipe }) => this.#line(`run ${run} of recipe ${recipe}`),
    waiting: ({ pid, command }) => this.#line(waitingWords(pid, command)),
    start: (event) => this.#stepLine(event.step, startWords(event)),
    progress: ({ step, progress }) => this.#progress(step, progress),
    line: ({ step, text }) => this.#output(step, text),
    notice: (event) => this.#notice(event),
    sending: (event) => this.#showSending(event),
    step: (event) => this.#stepLine(event.step, endWords(event)),
    end: ignore,
  };

  #output(step: StepName, text: string): void {
    if (this.#options.verbose) {
      this.#stepLine(step, `| ${text}`);
    }
  }

  #notice({ step, level, text }: EventOf<'notice'>): void {
    const words = level === 'warning' ? `warning: ${text}` : `note: ${text}`;
    if (step === undefined) {
      this.#line(words);
    } else {
      this.#stepLine(step, words);
    }
  }

  #progress(step: StepName, progress: Progress): void {
    const now = this.#options.now();
    const known = this.#meters.get(step) ?? { meter: new ProgressMeter(), shownAt: now };
    this.#meters.set(step, known);
    known.meter.report(progress, now);
    if (now - known.shownAt >= PROGRESS_MILLISECONDS) {
      known.shownAt = now;
      this.#stepLine(step, known.meter.words());
    }
  }

  #showSending(event: EventOf<'sending'>): void {
    const now = this.#options.now();
    const words = this.#sending.words(event, now);
    if (now - this.#sendingShownAt >= PROGRESS_MILLISECONDS) {
      this.#sendingShownAt = now;
      this.#line(words);
    }
  }

  #stepLine(step: StepName, words: string): void {
    this.#line(`${step.padEnd(this.#width)}  ${words}`);
  }

  #line(words: string): void {
    const since = ((this.#options.now() - this.#began) / 1000).toFixed(1).padStart(6);
    this.#options.terminal.write(`[${since}s] ${words}\n`);
  }
}

function startWords({ title, expectedSeconds, because }: EventOf<'start'>): string {
  const expected = expectedSeconds === undefined ? '' : ` (took ${duration(expectedSeconds)} last time)`;
  const reason = becauseWords(because);
  return `starts: ${title}${expected}${reason === '' ? '' : `, ${reason}`}`;
}

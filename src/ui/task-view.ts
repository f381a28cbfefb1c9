import { stripVTControlCharacters } from 'node:util';
import type { StepEnd, StepStatus } from '../core/event.js';
import type { StepName } from '../core/step.js';
import { type EventHandlers, type EventOf, handle, ignore } from './event-handlers.js';
import { wholeDuration } from './quantities.js';
import { SendingMeter } from './sending.js';
import type { RunView, RunViewOptions } from './view.js';
import { drawStepLine, type StepLine, waitingLine } from './step-line.js';
import { waitingWords } from './step-words.js';
import type { TaskList, TaskMark } from './task-list.js';

/** Lines of a running step's output that `--verbose` shows. */
const TAIL_LINES = 6;
const REDRAW_MILLISECONDS = 200;
/** Key of the last task of the list, which tells what is still to come. Steps have no empty name. */
const OVERVIEW = '';

/** Steps as tasks that are redrawn in place. Until one really has to run, plain lines do and listr2 is not loaded. */
export function openTaskView(options: RunViewOptions): RunView {
  const view = new TaskView(options);
  return { sink: (event) => handle(event, view.handlers), close: () => view.close() };
}

class TaskView {
  readonly #options: RunViewOptions;
  readonly #began: number;
  readonly #nameWidth: number;
  readonly #lines: Map<StepName, StepLine>;
  readonly #notices: string[] = [];
  #opening: Promise<void> | undefined;
  #list: TaskList | undefined;
  #redraw: NodeJS.Timeout | undefined;
  readonly #sendingMeter = new SendingMeter();
  /** What is still being sent, in words. */
  #sending = '';

  constructor(options: RunViewOptions) {
    this.#options = options;
    this.#began = options.now();
    this.#nameWidth = Math.max(0, ...options.steps.map(({ name }) => name.length));
    this.#lines = new Map(options.steps.map(({ name, title }) => [name, waitingLine(name, title)]));
  }

  readonly handlers: EventHandlers = {
    run: ignore,
    waiting: ({ pid, command }) => this.#note(waitingWords(pid, command)),
    start: (event) => this.#start(event),
    progress: ({ step, progress }) => this.#line(step).meter.report(progress, this.#options.now()),
    line: ({ step, text }) => this.#output(step, text),
    notice: (event) => this.#notice(event),
    sending: (event) => this.#showSending(event),
    step: (event) => this.#end(event),
    end: ignore,
  };

  /** Leaves the last drawing on the screen. */
  async close(): Promise<void> {
    await this.#opening;
    clearInterval(this.#redraw);
    this.#sending = '';
    this.#draw();
    await this.#list?.close();
    this.#notices.forEach((text) => this.#write(text));
  }

  #start(event: EventOf<'start'>): void {
    const line = this.#line(event.step);
    line.startedAt = this.#options.now();
    line.because = event.because;
    if (event.expectedSeconds !== undefined) {
      line.expectedSeconds = event.expectedSeconds;
    }
    this.#opening ??= this.#open([...this.#lines.values()].filter(({ end }) => end === undefined));
    this.#draw();
  }

  #end(event: StepEnd): void {
    const line = this.#line(event.step);
    line.end = event;
    line.tail = [];
    if (this.#opening === undefined) {
      this.#write(`${this.#sign(event.status)} ${this.#drawn(line)}`);
    } else {
      this.#draw();
    }
  }

  #notice({ step, level, text }: EventOf<'notice'>): void {
    const { paint } = this.#options.terminal;
    const words = level === 'warning' ? `${paint.yellow('!')} ${text}` : paint.dim(`· ${text}`);
    if (step === undefined) {
      this.#note(words);
    } else {
      const line = this.#line(step);
      line.notices = [...line.notices, words];
    }
  }

  #showSending(event: EventOf<'sending'>): void {
    this.#sending = this.#sendingMeter.words(event, this.#options.now());
    this.#opening ??= this.#open([]);
    this.#draw();
  }

  /** Something about the run as a whole: below the list while there is one, and after it. */
  #note(words: string): void {
    if (this.#opening === undefined) {
      this.#write(words);
    } else {
      this.#notices.push(words);
    }
  }

  #output(step: StepName, text: string): void {
    if (this.#options.verbose) {
      const line = this.#line(step);
      line.tail = [...line.tail, printable(text)].slice(-TAIL_LINES);
    }
  }

  async #open(lines: readonly StepLine[]): Promise<void> {
    const { openTaskList } = await import('./task-list.js');
    this.#list = await openTaskList([...lines.map(({ step }) => step), OVERVIEW]);
    this.#redraw = setInterval(() => this.#draw(), REDRAW_MILLISECONDS);
    this.#draw();
  }

  #draw(): void {
    for (const line of this.#lines.values()) {
      if (line.end === undefined) {
        this.#list?.retitle(line.step, this.#drawn(line));
      } else {
        this.#list?.end(line.step, markOf(line.end.status), this.#drawn(line));
      }
    }
    this.#list?.retitle(OVERVIEW, this.#overview());
  }

  /** `1m05s  7 of 13 steps done, then probe, measure, report`. */
  #overview(): string {
    const lines = [...this.#lines.values()];
    const waiting = lines.filter(({ startedAt, end }) => startedAt === undefined && end === undefined);
    const ended = lines.filter(({ end }) => end !== undefined).length;
    const then = waiting.length === 0 ? '' : `, then ${waiting.map(({ step }) => step).join(', ')}`;
    const spent = wholeDuration((this.#options.now() - this.#began) / 1000);
    const words = `${ended} of ${lines.length} steps done after ${spent}${then}`;
    const { paint } = this.#options.terminal;
    const sending = this.#sending === '' ? [] : [paint.cyan(this.#sending)];
    return [paint.dim(words), ...sending, ...this.#notices].join('\n');
  }

  #drawn(line: StepLine): string {
    return drawStepLine(line, { page: this.#options.terminal, nameWidth: this.#nameWidth, now: this.#options.now() });
  }

  #line(step: StepName): StepLine {
    const line = this.#lines.get(step) ?? waitingLine(step, step);
    this.#lines.set(step, line);
    return line;
  }

  #sign(status: StepStatus): string {
    const { paint } = this.#options.terminal;
    return status === 'failed' ? paint.red('✖') : status === 'skipped' ? paint.yellow('↓') : paint.green('✔');
  }

  #write(text: string): void {
    this.#options.terminal.write(`${text}\n`);
  }
}

function markOf(status: StepStatus): TaskMark {
  return status === 'failed' || status === 'skipped' ? status : 'done';
}

/** A program's line without the escapes, tabs and carriage returns that would spoil the drawing. */
function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\t', '    ')
    .replace(/\p{Cc}/gu, '');
}

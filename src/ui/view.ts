import type { EventSink } from '../core/event.js';
import type { StepName } from '../core/step.js';
import type { Terminal } from './terminal.js';

/** Shows a run while it goes on. */
export interface RunView {
  readonly sink: EventSink;
  /** Gives the terminal back. Has to be awaited before anything else is written. */
  close(): Promise<void>;
}

/** What a view has to know. */
export interface RunViewOptions {
  readonly terminal: Terminal;
  /** The steps that are to run, in order; of others it is not told that they are left out. */
  readonly steps: readonly { readonly name: StepName; readonly title: string }[];
  readonly json: boolean;
  /** True: the output of what runs is shown too. */
  readonly verbose: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

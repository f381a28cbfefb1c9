import type { Terminal } from '../ui/terminal.js';

/** What a command has of the process that it runs in. */
export interface Session {
  /** Standard output: results. */
  readonly output: Terminal;
  /** Standard error: failures and what is no result. */
  readonly errors: Terminal;
  /** What the user typed, for messages to others: `bootlap run stock`. */
  readonly commandLine: string;
  /**
   * From the first call on, SIGINT, SIGTERM and SIGHUP abort this signal, with their name as its reason,
   * instead of ending the process; a second one ends it at once with 130.
   */
  interruption(): AbortSignal;
}

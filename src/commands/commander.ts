import type { Command, CommanderError } from 'commander';
import type { Session } from './session.js';

/** Errors are thrown to us instead of ending the process, and help goes where our results go. */
export function settle(command: Command, session: Session): void {
  command
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => session.output.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(100, session.output.columns()),
    });
}

/** Recognised by what it has, because its class would have to be loaded again to ask. */
export function isCommanderError(error: unknown): error is CommanderError {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('commander.')
  );
}

/** commander's complaint as a sentence of ours. */
export function complaintOf(error: CommanderError): string {
  return error.message.replace(/^error: /, '').replaceAll("'", '"');
}

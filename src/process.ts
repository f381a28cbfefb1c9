import { abortOnSignals } from './commands/interruption.js';
import { isPartGone, reportPartGone } from './commands/rebuilt.js';
import { reportBug } from './commands/report-bug.js';
import type { Session } from './commands/session.js';
import { EXIT_STATUS, type ExitStatus } from './core/exit-status.js';
import { terminalOf } from './ui/terminal.js';

/**
 * Runs a program to its end and ends the process with its exit status; what is thrown is reported as a bug, but for
 * a part of the program that has gone.
 * @param name as its user calls it
 */
export async function runProcess(
  name: string,
  run: (words: readonly string[], session: Session) => Promise<ExitStatus>,
): Promise<never> {
  const words = process.argv.slice(2);
  const output = terminalOf(process.stdout);
  const errors = terminalOf(process.stderr);
  let interruption: AbortSignal | undefined;
  const endAsBug = (error: unknown): never => {
    if (isPartGone(error)) {
      reportPartGone(errors);
      process.exit(EXIT_STATUS.hostNotFit);
    }
    reportBug(error, errors);
    process.exit(EXIT_STATUS.bug);
  };
  process.on('uncaughtException', endAsBug);
  process.on('unhandledRejection', endAsBug);
  const status = await run(words, {
    output,
    errors,
    commandLine: [name, ...words].join(' '),
    interruption: () => (interruption ??= abortOnSignals(() => process.exit(EXIT_STATUS.interrupted))),
  });
  process.exit(status);
}

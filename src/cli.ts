#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { abortOnSignals } from './commands/interruption.js';
import { reportBug } from './commands/report-bug.js';
import { runCommandLine } from './commands/program.js';
import { EXIT_STATUS } from './core/exit-status.js';
import { terminalOf } from './ui/terminal.js';

// Node 22 and later keep what they have compiled; there is no such thing before.
const { enableCompileCache } = nodeModule as { enableCompileCache?: () => void };
enableCompileCache?.();

const words = process.argv.slice(2);
const output = terminalOf(process.stdout);
const errors = terminalOf(process.stderr);
let interruption: AbortSignal | undefined;

function endAsBug(error: unknown): never {
  reportBug(error, errors);
  process.exit(EXIT_STATUS.bug);
}

process.on('uncaughtException', endAsBug);
process.on('unhandledRejection', endAsBug);

const status = await runCommandLine(words, {
  output,
  errors,
  commandLine: ['bootlap', ...words].join(' '),
  interruption: () => (interruption ??= abortOnSignals(() => process.exit(EXIT_STATUS.interrupted))),
});
process.exit(status);

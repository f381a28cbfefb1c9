import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import { workingFolder } from '../system/environment.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';

interface KeygenOptions {
  readonly out: string;
}

const EXAMPLES = `
NAME.key signs (bootlap bundle --sign-key) and is for you alone; NAME.pub checks (bootlap verify --key) and is for all.
Nothing is overwritten.

Examples:
  bootlap keygen --out ci
  bootlap bundle stock --sign-key ci.key`;

/** `bootlap keygen` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .option('--out <name>', 'path of both files, without their endings', 'bootlap')
    .addHelpText('after', EXAMPLES)
    .action(async (options: KeygenOptions) => report(await keygen(session, options)));
}

async function keygen(session: Session, { out }: KeygenOptions): Promise<ExitStatus> {
  const { writeKeys } = await import('../system/keys.js');
  const written = writeKeys(resolve(workingFolder(), out));
  if (!written.ok) {
    return fail(session, written.failure);
  }
  const { privateFile, publicFile, id } = written.value;
  session.output.write(`private key: ${privateFile} (for you alone)\npublic key:  ${publicFile}\nkey id:      ${id}\n`);
  return EXIT_STATUS.done;
}

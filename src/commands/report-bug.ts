import { join } from 'node:path';
import { packageFolder } from '../system/environment.js';
import { readJsonIfThere } from '../system/files.js';
import type { Terminal } from '../ui/terminal.js';

/** Says that the program itself is at fault, with all that somebody needs who is to mend it. */
export function reportBug(error: unknown, terminal: Terminal): void {
  const { version, place } = ourselves();
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.write(
    `${terminal.paint.red('✖')} ${terminal.paint.bold('this is a bug in bootlap, not a mistake of yours')}\n` +
      `${stack}\n` +
      `  bootlap ${version}, Node ${process.version}, ${process.platform} ${process.arch}\n` +
      `  ${terminal.paint.cyan('next:')} report it${place} with these lines and the output of "bootlap doctor --json"; results so far are kept\n`,
  );
}

function ourselves(): { version: string; place: string } {
  // In a bundle there is none.
  const description = (readJsonIfThere(join(packageFolder, 'package.json')) ?? {}) as {
    version?: string;
    bugs?: { url?: string };
  };
  const url = description.bugs?.url;
  return { version: description.version ?? 'of a bundle', place: url === undefined ? '' : ` at ${url}` };
}

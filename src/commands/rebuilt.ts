import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from '../system/environment.js';
import type { Terminal } from '../ui/terminal.js';

/** Whether an error says that a part of this program is not there any more: it is loaded when it is needed first. */
export function isPartGone(error: unknown): boolean {
  const ours = `${pathToFileURL(join(packageFolder, 'dist')).href}/`;
  const { code, url } = error instanceof Error ? (error as Error & { code?: unknown; url?: unknown }) : {};
  return code === 'ERR_MODULE_NOT_FOUND' && typeof url === 'string' && url.startsWith(ours);
}

/** Says that the program was made anew while this run was under way, and how to go on. */
export function reportPartGone(terminal: Terminal): void {
  const { paint } = terminal;
  terminal.write(
    `${paint.red('✖')} ${paint.bold('bootlap was rebuilt or replaced while this ran, and a part of it is gone')}\n` +
      `  ${paint.cyan('next:')} give the same command again: it goes on from here; should it say so at once, "npm run build" or install bootlap anew\n`,
  );
}

import type { Result } from '../core/result.js';
import { success } from '../core/result.js';
import { runCommand, type CommandFailure } from './command.js';

/** What a program needs to be loaded on another machine. */
export interface SharedLibraries {
  /** Name by which it is asked for (`libc.so.6`) -> absolute path of the file that is taken here. */
  readonly found: ReadonlyMap<string, string>;
  /** Names for which there is none here. */
  readonly missing: readonly string[];
}

/**
 * The shared libraries of a program or of a module that it loads, all the way down, as the loader itself finds them
 * (`ld.so --list`). Nothing of the program is run.
 * @param interpreter the loader, absolute
 */
export async function sharedLibraries(
  interpreter: string,
  file: string,
  signal?: AbortSignal,
): Promise<Result<SharedLibraries, CommandFailure>> {
  const listed = await runCommand({
    program: interpreter,
    arguments: ['--list', file],
    folder: '/',
    ...(signal === undefined ? {} : { signal }),
  });
  return listed.ok ? success(parseList(listed.value.stdout)) : listed;
}

/** Parses lines such as `libc.so.6 => /lib/libc.so.6 (0x7f...)` and `libx.so => not found`. */
export function parseList(text: string): SharedLibraries {
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const [, name = '', to = ''] of text.matchAll(/^\s*(\S+) => (.+?)(?: \(0x[0-9a-f]+\))?$/gm)) {
    if (to === 'not found') {
      missing.push(name);
    } else if (!name.startsWith('/')) {
      found.set(name, to);
    }
  }
  return { found, missing };
}

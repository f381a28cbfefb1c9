import { success, type Result } from '../core/result.js';
import { runCommand, type Command, type CommandFailure } from './command.js';

/** One of our own C programs. */
export interface NativeProgram extends Pick<Command, 'signal' | 'neededBy' | 'onLine'> {
  /** Folder of the sources, absolute. */
  readonly folder: string;
  /** Names of the sources in it. */
  readonly sources: readonly string[];
  /** The program, absolute. */
  readonly output: string;
}

/** No debug information and no symbols: they would hold names of temporary files. */
export const PROGRAM_FLAGS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-Wl,--build-id=none', '-s'];

/**
 * Compiles with the machine's `cc`, statically where it has a static C library: such a program starts quicker and runs
 * on a machine without any. Tells how it was linked. The same sources and compiler give the same bytes.
 */
export async function compileProgram(program: NativeProgram): Promise<Result<'static' | 'dynamic', CommandFailure>> {
  const still = await runCompiler(program, ['-static']);
  if (still.ok || !lacksStaticLibrary(still.failure)) {
    return still.ok ? success('static') : still;
  }
  const dynamic = await runCompiler(program, []);
  return dynamic.ok ? success('dynamic') : dynamic;
}

/** The linker's words for a machine without `libc.a`: `cannot find -lc`. */
function lacksStaticLibrary(failure: CommandFailure): boolean {
  return failure.reason === 'command-failed' && failure.lastLines.some((line) => /-lc\b|libc\.a/.test(line));
}

function runCompiler(
  { sources, output, ...rest }: NativeProgram,
  linking: readonly string[],
): Promise<Result<unknown, CommandFailure>> {
  return runCommand({
    program: 'cc',
    arguments: [...PROGRAM_FLAGS, ...linking, '-o', output, ...sources],
    ...rest,
  });
}

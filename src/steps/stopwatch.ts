import { dirname, basename, join } from 'node:path';
import type { CommandFailure } from '../system/command.js';
import { runCommand } from '../system/command.js';
import type { Failure } from '../core/failure.js';
import { done, type Result } from '../core/result.js';
import type { Step, StepContext } from '../core/step.js';
import { packageFolder } from '../system/environment.js';

const SOURCE = 'src/native/stopwatch.c';

/** No debug information and no symbols: they would hold names of temporary files. */
const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-Wl,--build-id=none', '-s'];

/**
 * `make:stopwatch`: compiles the launcher that times a boot. Output `stopwatch`, a program; the same source and
 * compiler give the same bytes. Linked statically where the machine has a static C library, because a start is
 * quicker without a dynamic loader.
 */
export function stopwatchStep(): Step {
  const source = join(packageFolder, SOURCE);
  return {
    name: 'make:stopwatch',
    title: 'build the stopwatch',
    lane: 'build',
    inputs: {
      params: { flags: FLAGS },
      files: { [SOURCE]: source },
      upstream: [],
      tools: ['cc', 'ld'],
      env: [],
    },
    outputs: { stopwatch: { path: 'stopwatch', kind: 'file' } },
    run: (context) => compile(source, context),
  };
}

async function compile(source: string, context: StepContext): Promise<Result<void, Failure>> {
  const still = await runCompiler(source, context, ['-static']);
  if (still.ok || !lacksStaticLibrary(still.failure)) {
    return still.ok ? done : still;
  }
  context.log.line('no static C library: linking dynamically');
  const dynamic = await runCompiler(source, context, []);
  return dynamic.ok ? done : dynamic;
}

/** The linker's words for a machine without `libc.a`: `cannot find -lc`. */
function lacksStaticLibrary(failure: CommandFailure): boolean {
  return failure.reason === 'command-failed' && failure.lastLines.some((line) => /-lc\b|libc\.a/.test(line));
}

function runCompiler(
  source: string,
  context: StepContext,
  linking: string[],
): Promise<Result<unknown, CommandFailure>> {
  return runCommand({
    program: 'cc',
    arguments: [...FLAGS, ...linking, '-o', context.output('stopwatch'), basename(source)],
    folder: dirname(source),
    signal: context.signal,
    neededBy: 'make:stopwatch',
    onLine: (line) => context.log.line(line),
  });
}

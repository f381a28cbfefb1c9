import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import type { StepContext } from '../../core/step.js';
import { runCommand } from '../../system/command.js';
import { attempt } from '../../system/files.js';
import type { Compiler } from './cc-options.js';

/**
 * The better reason for a build that failed on 32-bit code, where the compiler has no support for it at all:
 * the installation lacks a package, and no line of the source is to blame. Any other failure stays what it is.
 */
export async function blameCompiler(failure: Failure, { words }: Compiler, context: StepContext): Promise<Failure> {
  const source = join(context.scratchFolder, 'needs-32-bit.c');
  const written = attempt(source, () =>
    writeFileSync(source, '#include <stdlib.h>\nint main(void) { return abs(0); }\n'),
  );
  if (!written.ok || failure.reason !== 'command-failed') {
    return failure;
  }
  const [compiler = '', ...always] = words;
  const tried = await runCommand({
    program: compiler,
    arguments: [...always, '-m32', '-o', join(context.scratchFolder, 'needs-32-bit'), source],
    folder: context.scratchFolder,
    signal: context.signal,
  });
  if (tried.ok || tried.failure.reason !== 'command-failed') {
    return failure;
  }
  return {
    reason: 'compiler-unfit',
    compiler,
    cannot: 'compile 32-bit code (-m32)',
    detail: tried.failure.lastLines.find((line) => /error|cannot/.test(line)) ?? tried.failure.lastLines.join('\n'),
    // gcc-12 has a package of its own for it.
    package: `${/^gcc-\d+$/.exec(basename(compiler))?.[0] ?? 'gcc'}-multilib`,
  };
}

/** What `cc` and its like say of themselves: a build folder of another compiler is worth nothing. */
export async function compilerIdentity(tools: readonly string[], context: StepContext): Promise<string> {
  const asked = tools.filter((tool) => /(^|-)(cc|gcc|clang|ld|ld\.lld)(-\d+)?$/.test(tool));
  const answers = await Promise.all(
    asked.map(async (program) => {
      const answer = await runCommand({ program, arguments: ['--version'], folder: context.scratchFolder });
      return answer.ok ? (answer.value.stdout.split('\n')[0] ?? '') : 'not installed';
    }),
  );
  return answers.join('\n');
}

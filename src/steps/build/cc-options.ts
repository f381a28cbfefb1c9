import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import type { JsonObject } from '../../core/json.js';
import { success, type Result } from '../../core/result.js';
import { runCommand } from '../../system/command.js';
import { attempt, uniqueSuffix } from '../../system/files.js';
import type { BuildJob } from './job.js';

/** A compiler as a build calls it. */
export interface Compiler {
  /** The program and what always follows it: `['gcc', '-m32']`. */
  readonly words: readonly string[];
  readonly language: 'c' | 'c++';
}

/** The compiler that a value of CC names, `cc` where there is none. */
export function cCompiler(cc: string | undefined): Compiler {
  const words = (cc ?? '').split(/\s+/).filter((word) => word !== '');
  return { words: words.length === 0 ? ['cc'] : words, language: 'c' };
}

/** What of `cc-options` counts for a step: nothing where there are none. */
export function ccParams(options: readonly string[]): JsonObject {
  return options.length === 0 ? {} : { 'cc-options': options };
}

/**
 * Those of the options that this compiler knows, in their order. It is asked by compiling a file with next to nothing
 * in it; the log says of each option what came of it.
 * Fails as `runCommand` does where the compiler is not there or cannot compile that file without any option either.
 */
export async function knownOptions(
  options: readonly string[],
  compiler: Compiler,
  job: BuildJob,
): Promise<Result<readonly string[], Failure>> {
  const plain = options.length === 0 ? success(undefined) : await compile([], compiler, job);
  if (!plain.ok) {
    return plain;
  }
  const answers = await Promise.all(options.map((option) => knows(compiler, option, job)));
  const other = answers.find((answer) => !answer.ok);
  if (other?.ok === false) {
    return other;
  }
  const name = compiler.words.join(' ');
  const known = options.filter((_option, index) => answers[index]?.ok === true && answers[index].value);
  for (const option of options) {
    job.tree.context.log.line(
      known.includes(option) ? `${name} takes ${option}` : `${name} does not know ${option}: left away`,
    );
  }
  return success(known);
}

async function knows(compiler: Compiler, option: string, job: BuildJob): Promise<Result<boolean, Failure>> {
  for (const form of formsToTry(option)) {
    const tried = await compile([form], compiler, job);
    if (tried.ok) {
      return success(true);
    }
    if (tried.failure.reason !== 'command-failed') {
      return tried;
    }
  }
  return success(false);
}

/** gcc takes any `-Wno-...` without a word. Whether it knows the warning shows when that is switched on. */
function formsToTry(option: string): readonly string[] {
  const warning = /^-Wno-(?:error=)?(?!error$)(.+)$/.exec(option)?.[1];
  return warning === undefined ? [option] : [`-W${warning}`, `-W${warning.replace(/=$/, '')}=1`];
}

/** Compiles with these options, and every warning an error. */
async function compile(
  options: readonly string[],
  { words, language }: Compiler,
  job: BuildJob,
): Promise<Result<unknown, Failure>> {
  const { scratchFolder: folder, signal } = job.tree.context;
  const name = `option${uniqueSuffix()}`;
  const source = `${name}.${language === 'c' ? 'c' : 'cc'}`;
  // Not empty: -Wpedantic would have something to say of that.
  const written = attempt(source, () => writeFileSync(join(folder, source), 'typedef int nothing;\n'));
  if (!written.ok) {
    return written;
  }
  const [program = '', ...always] = words;
  // clang warns of an option for the linker when it does not link, which is no reason to leave it away.
  const strict = ['-Werror', '-Wno-unused-command-line-argument'];
  const line = [...always, ...strict, ...options, '-c', '-o', `${name}.o`, source];
  return runCommand({ program, arguments: line, folder, signal, neededBy: job.tree.neededBy });
}

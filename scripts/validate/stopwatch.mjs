// The real stopwatch, built as the step `make:stopwatch` does, and boots through it.

import { basename, dirname, join } from 'node:path';
import { boot } from '../../dist/measure/boot.js';
import { STOPWATCH_SOURCES } from '../../dist/steps/stopwatch.js';
import { compileProgram } from '../../dist/system/native-program.js';
import { top } from '../set-up/place.mjs';

const { signal } = new AbortController();

/** Compiles a C program; gives its path. */
export async function compiled(sources, output) {
  const [first] = sources;
  const made = await compileProgram({
    folder: dirname(first),
    sources: sources.map((source) => basename(source)),
    output,
    signal,
    neededBy: 'validate',
  });
  if (!made.ok) {
    throw new Error(JSON.stringify(made.failure));
  }
  return output;
}

/** Gives a function that times a program: `time(program, arguments, further)`, with what `boot` gives. */
export async function stopwatch(folder) {
  const sources = STOPWATCH_SOURCES.map((name) => join(top, 'src', 'native', name));
  const path = await compiled(sources, join(folder, 'stopwatch'));
  return async (hypervisor, args, further = {}) => {
    const end = await boot({
      stopwatch: path,
      hypervisor,
      arguments: args,
      timeoutMilliseconds: 10_000,
      folder,
      signal,
      ...further,
    });
    if (!end.ok || end.value.timedOut) {
      throw new Error(`${hypervisor} ${args.join(' ')}: ${JSON.stringify(end.failure ?? end.value.errors)}`);
    }
    return end.value;
  };
}

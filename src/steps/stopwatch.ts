import { join } from 'node:path';
import type { Failure } from '../core/failure.js';
import { done, type Result } from '../core/result.js';
import type { Step, StepContext } from '../core/step.js';
import { packageFolder } from '../system/environment.js';
import { compileProgram, PROGRAM_FLAGS } from '../system/native-program.js';

const FOLDER = 'src/native';
/** The C sources of the stopwatch, in `src/native`. */
export const STOPWATCH_SOURCES = ['stopwatch.c', 'options.c', 'json.c'];
const HEADERS = ['stopwatch.h'];

/**
 * `make:stopwatch`: compiles the launcher that times a boot. Output `stopwatch`, a program; the same source and
 * compiler give the same bytes. Linked statically where the machine has a static C library, because a start is
 * quicker without a dynamic loader.
 */
export function stopwatchStep(): Step {
  const folder = join(packageFolder, FOLDER);
  return {
    name: 'make:stopwatch',
    title: 'build the stopwatch',
    lane: 'build',
    sharedWith: 'alike',
    inputs: {
      params: { flags: PROGRAM_FLAGS },
      files: Object.fromEntries(
        [...STOPWATCH_SOURCES, ...HEADERS].map((name) => [`${FOLDER}/${name}`, join(folder, name)]),
      ),
      upstream: [],
      tools: ['cc', 'ld'],
      env: [],
    },
    outputs: { stopwatch: { path: 'stopwatch', kind: 'file' } },
    run: (context) => compile(folder, context),
  };
}

async function compile(folder: string, context: StepContext): Promise<Result<void, Failure>> {
  const compiled = await compileProgram({
    folder,
    sources: STOPWATCH_SOURCES,
    output: context.output('stopwatch'),
    signal: context.signal,
    neededBy: 'make:stopwatch',
    onLine: (line) => context.log.line(line),
  });
  if (!compiled.ok) {
    return compiled;
  }
  if (compiled.value === 'dynamic') {
    context.log.line('there is no static C library: it is linked dynamically');
  }
  return done;
}

import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Failure } from '../core/failure.js';
import type { CompilerUnfit } from '../core/failures/host.js';
import { failed, type Result } from '../core/result.js';
import type { StepContext } from '../core/step.js';
import { runCommand, type CommandFailure } from '../system/command.js';
import { cpioArchive } from '../system/cpio.js';
import { attempt, writeFileAtomically } from '../system/files.js';

/** What `make:init` compiles, and how. */
export interface InitJob {
  /** The program's source, absolute. */
  readonly source: string;
  readonly flags: readonly string[];
  readonly context: StepContext;
}

/** The work of `make:init`. */
export async function makeInit(job: InitJob): Promise<Result<void, Failure>> {
  const { source, flags, context } = job;
  const program = join(context.scratchFolder, 'init');
  const compiled = await runCommand({
    program: 'cc',
    arguments: [...flags, '-o', program, basename(source)],
    folder: dirname(source),
    signal: context.signal,
    neededBy: 'make:init',
    onLine: (line) => context.log.line(line),
  });
  if (!compiled.ok) {
    return failed(blame(compiled.failure));
  }
  const image = context.output('initrd');
  return attempt(image, () => writeFileAtomically(image, initialRamDisk(readFileSync(program))));
}

/** The program is ours and needs no library: a compiler that does not make it is the wrong one. */
function blame(failure: CommandFailure): CommandFailure | CompilerUnfit {
  if (failure.reason !== 'command-failed' || failure.signal !== undefined) {
    return failure;
  }
  return {
    reason: 'compiler-unfit',
    compiler: 'cc',
    cannot: 'make a static program without a C library for x86-64 (-static -nostdlib)',
    detail:
      failure.lastLines.find((line) => /error|cannot|unrecognized|unknown/.test(line)) ?? failure.lastLines.join('\n'),
  };
}

/** The console is there in kernels that make one by themselves, too; some are built not to. */
function initialRamDisk(program: Uint8Array): Buffer {
  return cpioArchive([
    { kind: 'file', path: 'init', permissions: 0o755, content: program },
    { kind: 'folder', path: 'dev', permissions: 0o755 },
    { kind: 'device', path: 'dev/console', permissions: 0o600, major: 5, minor: 1 },
  ]);
}

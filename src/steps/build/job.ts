import type { Failure } from '../../core/failure.js';
import { done, failed, type Result } from '../../core/result.js';
import { runCommand } from '../../system/command.js';
import { BUILD_MARKER } from '../../system/processes.js';
import type { KeptTree } from '../tree/kept-tree.js';
import { ErrorLines } from './error-lines.js';
import { RemedyWatch } from './remedy.js';

/** A program of a build. */
export interface BuildCommand {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * The same for every build, so that the same inputs give the same bytes: no time, user or host of this machine.
 * git does not look for a repository above the tree: a kernel would put that one's commit into its version.
 */
function reproducible(tree: KeptTree): Record<string, string> {
  return {
    SOURCE_DATE_EPOCH: '0',
    KBUILD_BUILD_TIMESTAMP: '1970-01-01 00:00:00 UTC',
    KBUILD_BUILD_USER: 'bootlap',
    KBUILD_BUILD_HOST: 'bootlap',
    KBUILD_BUILD_VERSION: '1',
    PYTHONHASHSEED: '0',
    GIT_CEILING_DIRECTORIES: tree.folder,
  };
}

/** One build in a kept tree. Runs its programs with their output in the step's log, and remembers the errors. */
export class BuildJob {
  /** True once a command with 32-bit code in it went by. */
  saw32Bit = false;
  /**
   * After an interruption at which the programs ended by themselves in time: ms since the epoch, before which all
   * they made is sound.
   */
  soundUntil: number | undefined;
  /** Of the last program. */
  remedy = new RemedyWatch();
  private errors = new ErrorLines();
  private compilers: Readonly<Record<string, string>> = {};

  constructor(
    readonly tree: KeptTree,
    /** Of this build's processes, see {@link BUILD_MARKER}. */
    readonly marker: string,
  ) {}

  /** What runs from here on compiles with these variables. */
  compileWith(environment: Readonly<Record<string, string>>): void {
    this.compilers = environment;
  }

  /** Runs GNU make with a share in the job budget. */
  async make(command: Omit<BuildCommand, 'program'>): Promise<Result<void, Failure>> {
    const slot = await this.tree.context.jobs.forMake(this.tree.signal);
    try {
      const environment = { ...command.environment, MAKEFLAGS: slot.makeflags };
      return await this.run({ ...command, program: 'make', environment }, [slot.descriptor, slot.descriptor]);
    } finally {
      slot.release();
    }
  }

  /** Runs a program that knows no jobserver; it is told how many jobs it may run. */
  async withJobs(commandFor: (jobs: number) => BuildCommand): Promise<Result<void, Failure>> {
    const slot = await this.tree.context.jobs.forOther(this.tree.signal);
    try {
      return await this.run(commandFor(slot.jobs));
    } finally {
      slot.release();
    }
  }

  /** Runs a program. Fails as `runCommand` does, with the lines that look like errors before the last ones. */
  async run(command: BuildCommand, descriptors: readonly number[] = []): Promise<Result<void, Failure>> {
    const { context } = this.tree;
    context.log.line(`$ ${[command.program, ...command.arguments].join(' ')}`);
    this.errors = new ErrorLines();
    this.remedy = new RemedyWatch();
    let abortedAt: number | undefined;
    const noteAbort = (): void => {
      abortedAt = Date.now();
    };
    context.signal.addEventListener('abort', noteAbort, { once: true });
    const result = await runCommand({
      ...command,
      environment: {
        ...reproducible(this.tree),
        ...this.compilers,
        ...command.environment,
        [BUILD_MARKER]: this.marker,
      },
      descriptors,
      signal: context.signal,
      neededBy: this.tree.neededBy,
      onLine: (line) => this.hear(line),
    });
    context.signal.removeEventListener('abort', noteAbort);
    if (abortedAt !== undefined && Date.now() - abortedAt < GENTLE_MILLISECONDS) {
      this.soundUntil = abortedAt - DOUBT_MILLISECONDS;
    }
    if (result.ok) {
      return done;
    }
    const { failure } = result;
    return failed(
      failure.reason === 'command-failed' ? { ...failure, lastLines: this.errors.shown(failure.lastLines) } : failure,
    );
  }

  private hear(line: string): void {
    this.tree.context.log.line(line);
    this.saw32Bit ||= BITS_32.test(line);
    this.errors.hear(line);
    this.remedy.hear(line);
  }
}

/** Less than the time after which an interrupted program is killed. */
const GENTLE_MILLISECONDS = 1_500;
/** Longer than a compiler takes to write out what it has compiled. */
const DOUBT_MILLISECONDS = 15_000;
/** Options, and what a compiler says that lacks the files for them where a Makefile does not show its commands. */
const BITS_32 = /(^|\s)(-m32|-m16|elf_i386)(\s|$)|\b(stubs-32|libc-header-start)\.h\b|\/32\/|skipping incompatible /;

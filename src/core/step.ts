import type { CompilationCache, CompileTally } from './compilations.js';
import type { Digest } from './digest.js';
import type { Failure } from './failure.js';
import type { JsonObject } from './json.js';
import type { Result } from './result.js';

/** What a VM is made of, as far as bootlap builds it. */
export type Component = 'hypervisor' | 'firmware' | 'kernel';

/** All components, in the order in which a VM runs them. */
export const COMPONENTS: readonly Component[] = ['hypervisor', 'firmware', 'kernel'];

/** `<verb>:<component>` such as `make:kernel`, or just `<verb>` such as `measure`. */
export type StepName = string;

/**
 * Which resource a step needs, and so what it may run beside:
 * `network` steps run together; `build` steps share the job budget; `light` steps are never held up;
 * an `exclusive` step runs alone, because what it times would be disturbed by others.
 */
export type Lane = 'network' | 'build' | 'light' | 'exclusive';

/** One cached unit of work. It declares what it reads and makes and knows nothing about caching. */
export interface Step {
  readonly name: StepName;
  /** What it does, for a person: `build the kernel (linux-source-6.1)`. */
  readonly title: string;
  readonly lane: Lane;
  /** Raised when the step's own code makes other outputs of the same inputs than before; 1 where it is not said. */
  readonly version?: number;
  readonly inputs: StepInputs;
  /** Output name -> where the step writes it, below its output folder. */
  readonly outputs: Readonly<Record<string, OutputSpec>>;
  /** Where something that is no input says what has to come out: a result with other bytes does not count. */
  readonly held?: HeldOutputs;
  /**
   * Parameters that stand in for those of `inputs` where work is kept that results with other parameters can go on with:
   * the context's `resumeFolder` is theirs in common, and stays after success.
   */
  readonly series?: JsonObject;
  /**
   * Who else can use the result: any machine of this architecture, or only `alike` ones, of the same release of the
   * same distribution, because it is linked with what is installed there. Where it is missing, nobody: the result says
   * something of this machine, or of this day.
   */
  readonly sharedWith?: 'machines' | 'alike';
  /** Does the work. Reads nothing that `inputs` does not declare and writes its outputs only. */
  run(context: StepContext): Promise<Result<void, Failure>>;
}

/** Everything that a step's result depends on. */
export interface StepInputs {
  /** Values from the recipe and the host. No absolute path, clock or host name. */
  readonly params: JsonObject;
  /** Label (a relative name that two machines agree on) -> absolute path of a file that is read. */
  readonly files: Readonly<Record<string, string>>;
  /** Outputs of other steps that are read. */
  readonly upstream: readonly OutputReference[];
  /** Programs whose version counts: `cc`, `ld`, `make`. Looked up on the PATH. */
  readonly tools: readonly string[];
  /** Environment variables that count. Unset counts as unset, not as empty. */
  readonly env: readonly string[];
}

/** Names one output of one step. */
export interface OutputReference {
  readonly step: StepName;
  readonly output: string;
}

/** Where an output lies below the step's output folder, and whether it is one file or a folder of files. */
export interface OutputSpec {
  /** Relative, with `/`, without `..`. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
}

/**
 * Outputs that are settled outside of the step, in a file that it writes itself in the end: as an input, that file would
 * make every first result stale.
 */
export interface HeldOutputs {
  /** Output name -> the one digest that counts. */
  readonly digests: Readonly<Record<string, Digest>>;
  /** Why a result with another digest is stale: `bootlap.lock holds another commit`. */
  readonly because: string;
}

/** What the engine hands to a running step. */
export interface StepContext {
  /** Absolute path at which the named output has to be made. Its parent folder is there. */
  output(name: string): string;
  /** Absolute path of an upstream output, verified. Read only. Undeclared: a bug, throws. */
  upstream(step: StepName, output: string): string;
  /** Absolute path and digest of everything that the step declared, for its records. */
  readonly fingerprint: Digest;
  /**
   * Folder of this fingerprint's own that outlives a kill or a failure: unfinished samples. Gone after success, but for a
   * step with a `series`.
   */
  readonly resumeFolder: string;
  /** Folder for temporary files, on the workspace's file system. Removed at the end. */
  readonly scratchFolder: string;
  /** The run's folder, `workspace/runs/<id>`. */
  readonly runFolder: string;
  readonly folders: SharedFolders;
  readonly jobs: JobBudget;
  /** How what compilers make is kept from build to build; missing where it is not to be. */
  readonly compilations?: CompilationCache;
  readonly log: StepLog;
  /** Ends when the user interrupts or another step has failed. Every child process has to follow it. */
  readonly signal: AbortSignal;
  /** True: no network may be touched; return a `offline` failure when it would be needed. */
  readonly offline: boolean;
  /** True: kept trees and unfinished work are thrown away first (`--clean`). */
  readonly clean: boolean;
  /** True: the user wants this step to run whatever is known (`--force`, `--update`); what it looks up, it looks up anew. */
  readonly forced: boolean;
  /** How far the step is; called as often as it likes. */
  progress(progress: Progress): void;
  /** A fact that the user should see above the fold: a fallback taken, a hunk that went in with an offset. */
  notice(level: 'info' | 'warning', text: string): void;
  /** What has just happened, such as a branch that moved: unlike a notice it is not told again while the result is used. */
  news(text: string): void;
  /** For the step's record: what came of its calls of compilers that went through ccache. */
  compiled(tally: CompileTally): void;
  /** What others have compiled may be in the result: it is not shared under a signature of ours. */
  holdsOthers(): void;
}

/** Folders that steps share across runs. Each step keeps to files named by content or by component. */
export interface SharedFolders {
  /** Kept source trees. */
  readonly trees: string;
  /** Downloads, finished and unfinished, named by digest. */
  readonly downloads: string;
  /** The private apt configuration. */
  readonly apt: string;
}

/** How far a running step is. `total` is missing where it is not known. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: 'bytes' | 'boots' | 'files' | 'objects';
  /** A short remark: the running median, the host that is downloaded from. */
  readonly note?: string;
}

/** A step's log file. */
export interface StepLog {
  readonly path: string;
  /** Adds one line (no line feed at its end). With `--verbose` it is shown too. */
  line(text: string): void;
}

/** The share of the processor that builds have between them: one budget of `-j` for all. */
export interface JobBudget {
  /** The whole budget (`--jobs`), at least 1. */
  readonly total: number;
  /** Takes a slot for a GNU make, which shares the rest through the jobserver. */
  forMake(signal: AbortSignal): Promise<MakeSlot>;
  /** Takes every free slot (at least one, waiting for it) for a tool that knows no jobserver. */
  forOther(signal: AbortSignal): Promise<OtherSlot>;
}

/** A GNU make's membership in the budget. */
export interface MakeSlot {
  /** Value for MAKEFLAGS. The child's file descriptors 3 and 4 have to be `descriptor`, both. */
  readonly makeflags: string;
  readonly descriptor: number;
  release(): void;
}

/** A number of jobs that one tool may run. */
export interface OtherSlot {
  readonly jobs: number;
  release(): void;
}

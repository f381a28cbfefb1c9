/** What can go wrong in unpacking, patching, configuring and making. Exit status 1. */
export type BuildFailure =
  | PathOutside
  | ArchiveBroken
  | PatchMalformed
  | PatchRejected
  | PatchSeriesMissing
  | CommandFailed
  | OutputMissing
  | ConfigRefused
  | LocalTreeUnfit
  | Interrupted;

/** An entry of an archive, a patch or a recipe leads outside its folder, or through a symbolic link. */
export interface PathOutside {
  readonly reason: 'path-outside';
  /** The archive, patch or recipe. */
  readonly origin: string;
  readonly path: string;
  /** `leads outside the tree`, `goes through the symbolic link lib`. */
  readonly detail: string;
}

export interface ArchiveBroken {
  readonly reason: 'archive-broken';
  readonly file: string;
  readonly detail: string;
}

export interface PatchMalformed {
  readonly reason: 'patch-malformed';
  readonly patch: string;
  /** From 1, where known. */
  readonly line?: number;
  readonly detail: string;
}

export interface PatchRejected {
  readonly reason: 'patch-rejected';
  readonly patch: string;
  /** The file in the tree. */
  readonly file: string;
  /** Number of the hunk in the file's part of the patch, from 1; missing where the file itself is the trouble. */
  readonly hunk?: number;
  /** Line at which the patch expects it. */
  readonly line?: number;
  /** The first lines that the patch expects where they differ. */
  readonly expected: readonly string[];
  /** What the file has there. */
  readonly found: readonly string[];
  /** `the file is not there`, `the lines differ`. */
  readonly detail: string;
}

/** No patch of ours is for this version. */
export interface PatchSeriesMissing {
  readonly reason: 'patch-series-missing';
  readonly series: string;
  readonly version: string;
  readonly known: readonly string[];
}

export interface CommandFailed {
  readonly reason: 'command-failed';
  readonly command: readonly string[];
  readonly folder: string;
  /** Missing where a signal ended it. */
  readonly status?: number;
  readonly signal?: string;
  /** The last lines of what it said, errors first where they can be told. */
  readonly lastLines: readonly string[];
  readonly timedOut?: boolean;
  /** What in the recipe cures it, where what it said tells. */
  readonly remedy?: BuildRemedy;
}

/** A build fails for what compilers of today do by themselves, and options of the compiler undo that. */
export interface BuildRemedy {
  /**
   * `position-independent`: programs are made so that they may lie anywhere, and this one may not.
   * `warnings-as-errors`: what older compilers, or others, only warn of, stops the build.
   */
  readonly kind: 'position-independent' | 'warnings-as-errors';
  /** The list under the recipe's `build:` that takes them. */
  readonly key: 'cc-options' | 'cflags';
  /** The options. */
  readonly add: readonly string[];
  /** An argument of ./configure that does the same. */
  readonly orArgument?: string;
}

export interface OutputMissing {
  readonly reason: 'output-missing';
  readonly output: string;
  readonly path: string;
}

/** Kconfig dropped or changed what a fragment asks for. */
export interface ConfigRefused {
  readonly reason: 'config-refused';
  readonly symbols: readonly { readonly symbol: string; readonly asked: string; readonly got: string }[];
  readonly fragment: string;
}

/** The folder given by `--with` cannot be used. */
export interface LocalTreeUnfit {
  readonly reason: 'local-tree-unfit';
  readonly component: string;
  readonly folder: string;
  readonly detail: string;
}

export interface Interrupted {
  readonly reason: 'interrupted';
  readonly signal?: string;
}

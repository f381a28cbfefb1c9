import { join } from 'node:path';
import type { Digest } from '../../core/digest.js';
import { readJsonIfThere, writeFileAtomically } from '../../system/files.js';

/** What a file of a tree is. */
export type FileMode = 'file' | 'executable' | 'link';

/** What lies over a file of the base: other bytes (of a link: its target's text), or nothing. */
export type OverlayMark = { readonly mode: FileMode; readonly digest: Digest } | { readonly mode: 'deleted' };

/** A make that was begun and has not been seen to end. */
export interface MakeUnderWay {
  /** Value of {@link BUILD_MARKER} in the environment of its processes. */
  readonly marker: string;
  /** ms since the epoch: products older than this are sound. */
  readonly since: number;
  /** True: it runs between the sources, so that products cannot be told from them. */
  readonly inTree: boolean;
  /** Paths below the build folder without which it has to be set up anew. A `/` at the end: everything below. */
  readonly cornerstones: readonly string[];
}

/** What a kept tree holds, as its `state.json` says. It is written before a change begins and after it has ended. */
export interface TreeState {
  readonly version: 1;
  /** Git's name of the tree that the files came from; only for a local working tree. */
  readonly base?: string;
  /** Path -> what lies there now instead of the base's file. */
  readonly overlay: Readonly<Record<string, OverlayMark>>;
  /** Path -> what was saved of it in `pristine/` before its first change; `absent`: the base has no such file. */
  readonly saved: Readonly<Record<string, FileMode | 'absent'>>;
  /** Paths that a change under way may have touched: nothing is known of them. */
  readonly changing?: readonly string[];
  readonly making?: MakeUnderWay;
  /** Digest of the options that the build folder was set up with, and of where it was then. */
  readonly setUp?: string;
  /** Digest of what the last make in the build folder was asked for: targets, variables, outputs. */
  readonly asked?: string;
  /** True once a make has run between the sources. */
  readonly madeInTree?: boolean;
  /** True once a make has been given what others have compiled. */
  readonly holdsOthers?: boolean;
  /** ms since the epoch: no file of the tree is younger, unless the clock was set back. */
  readonly clock: number;
  /** The run that made the tree, so that `--clean` throws it away once and not before every step. */
  readonly run: string;
}

/** Reads `state.json` of a kept tree; `undefined` where it is missing, torn or of another version. */
export function readState(folder: string): TreeState | undefined {
  const value = readJsonIfThere(stateFile(folder)) as TreeState | null | undefined;
  return value?.version === 1 ? value : undefined;
}

/** Writes `state.json` in one rename, with the present time as its clock. Throws system errors. */
export function writeState(folder: string, state: TreeState): TreeState {
  const written: TreeState = { ...state, clock: Math.max(state.clock, Date.now()) };
  writeFileAtomically(stateFile(folder), JSON.stringify(written));
  return written;
}

function stateFile(folder: string): string {
  return join(folder, 'state.json');
}

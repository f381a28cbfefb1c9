import type { Recorder } from '../ci/recorder.js';
import type { Session } from '../session.js';
import type { WishOptions } from '../compare/wish.js';
import type { JunitOption, ViewOptions, WorkspaceOption } from '../options.js';
import type { TuneOption } from '../tune.js';

/** The options of `replay`. */
export interface ReplayOptions extends ViewOptions, WorkspaceOption, JunitOption, WishOptions, TuneOption {
  readonly key?: string;
  readonly boots?: string;
  readonly set: readonly string[];
}

/** A replay as it is called for. */
export interface ReplayCall {
  readonly session: Session;
  /** Absolute path of the archive or of its folder. */
  readonly bundle: string;
  readonly options: ReplayOptions;
  /** Absolute path of the workspace; made when missing. */
  readonly workspace: string;
  readonly recorder: Recorder | undefined;
}

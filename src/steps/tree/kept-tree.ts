import { join } from 'node:path';
import type { Component, StepContext } from '../../core/step.js';
import type { RecipeComponent } from '../../recipe/schema.js';
import { uniqueSuffix } from '../../system/files.js';
import { readState, writeState, type TreeState } from './state.js';

/** Whose tree it is, and for which step it is used. */
export interface TreeUse {
  readonly component: Component;
  /** Absolute path of the user's own working tree, for a component that is built from one. */
  readonly local?: string;
  readonly context: StepContext;
  /** The step, for messages. */
  readonly neededBy: string;
}

/** What a step that builds or patches a component needs of its tree. */
export function treeUse(verb: string, { component, recipeComponent, context }: TreeWork): TreeUse {
  const { source } = recipeComponent;
  const local = 'local' in source ? { local: source.local } : {};
  return { component, ...local, context, neededBy: `${verb}:${component}` };
}

interface TreeWork {
  readonly component: Component;
  readonly recipeComponent: Pick<RecipeComponent, 'source'>;
  readonly context: StepContext;
}

/**
 * A source tree that stays from run to run, so that a build is as incremental as make is:
 * `source/` (patched files; a build folder is `source/build`), `pristine/` (files as they were before their first
 * change), `repository/` (borrows the user's objects, for a local tree) and `state.json`.
 * It saves work and is never an output: whoever uses it brings it first to what its step is given.
 */
export class KeptTree {
  readonly source: string;
  readonly build: string;
  /** Where a kernel's configuration is made, apart from what is built. */
  readonly kconfig: string;
  readonly pristine: string;
  readonly repository: string;
  /** For files on their way to their place: on the same file system. */
  readonly scratch: string;
  state: TreeState;

  constructor(
    readonly folder: string,
    private readonly use: TreeUse,
  ) {
    this.source = join(folder, 'source');
    this.build = join(folder, 'source', 'build');
    this.kconfig = join(folder, 'kconfig');
    this.pristine = join(folder, 'pristine');
    this.repository = join(folder, 'repository');
    this.scratch = join(folder, 'scratch');
    this.state = readState(folder) ?? emptyState(use.context);
  }

  get component(): Component {
    return this.use.component;
  }

  get local(): string | undefined {
    return this.use.local;
  }

  get context(): StepContext {
    return this.use.context;
  }

  get signal(): AbortSignal {
    return this.use.context.signal;
  }

  get neededBy(): string {
    return this.use.neededBy;
  }

  /** Whether the tree is there as a whole; one without a sound state is not. */
  get isThere(): boolean {
    return readState(this.folder) !== undefined;
  }

  /** The tree's twin at a place of its own, to be made whole before it takes this one's place. */
  staged(): KeptTree {
    return new KeptTree(`${this.folder}${STAGED}${uniqueSuffix()}`, this.use);
  }

  /** Records what the tree holds. Throws system errors. */
  record(change: Partial<TreeState>): void {
    this.state = writeState(this.folder, { ...this.state, ...change });
  }

  /** Records the end of something: the key is taken out. Throws system errors. */
  recordEnd(key: 'changing' | 'making' | 'setUp', change: Partial<TreeState> = {}): void {
    const { [key]: _ended, ...rest } = this.state;
    this.state = writeState(this.folder, { ...rest, ...change });
  }
}

/** Stands in the name of a folder that is not a tree yet, or not any more. */
export const STAGED = '.tmp-';

function emptyState(context: StepContext): TreeState {
  return { version: 1, overlay: {}, saved: {}, clock: 0, run: context.runFolder };
}

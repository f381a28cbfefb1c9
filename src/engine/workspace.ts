import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkspaceForeign } from '../core/failures/host.js';
import { failed, success, type Result } from '../core/result.js';
import type { StepName } from '../core/step.js';
import { attempt, makeFolder, readTextIfThere, writeFileAtomically, type FileFailure } from '../system/files.js';
import { WORKSPACE_MARKER } from '../system/workspace-marker.js';
import { foreignIn } from './adopt.js';

/** The folders of a workspace, all absolute. */
export interface Workspace {
  readonly folder: string;
  /** Contents by digest: `objects/ab/abcd...`. */
  readonly objects: string;
  /** What each step made from what: `records/ab/<fingerprint>.json`. */
  readonly records: string;
  /** Where outputs lie for use: `out/<recipe>/<verb>-<component>/`. */
  readonly out: string;
  /** What was last made or restored for each recipe's step, and the digest memory. */
  readonly state: string;
  /** Unfinished work that a later run goes on with, by fingerprint. */
  readonly resume: string;
  readonly trees: string;
  readonly downloads: string;
  readonly apt: string;
  /** What compilers have made, kept by ccache. */
  readonly ccache: string;
  readonly runs: string;
  /** What sweeps came to, by their ids. */
  readonly sweeps: string;
  /** Bundles that are being replayed. */
  readonly unpacked: string;
  /** Half-made things of the run in progress; whatever else is in it was left by a killed one. */
  readonly staging: string;
}

const LAYOUT = 'bootlap workspace, layout 1';
const OTHERS_ALLOWED = new Set(['README.md', '.gitignore', '.gitkeep']);

/** The layout of a workspace; touches nothing. */
export function workspaceAt(folder: string): Workspace {
  return {
    folder,
    objects: join(folder, 'cache', 'objects'),
    records: join(folder, 'cache', 'records'),
    out: join(folder, 'out'),
    state: join(folder, 'state'),
    resume: join(folder, 'state', 'resume'),
    trees: join(folder, 'trees'),
    downloads: join(folder, 'downloads'),
    apt: join(folder, 'apt'),
    ccache: join(folder, 'ccache'),
    runs: join(folder, 'runs'),
    sweeps: join(folder, 'sweeps'),
    unpacked: join(folder, 'unpacked'),
    staging: join(folder, 'staging'),
  };
}

/**
 * Makes a folder a workspace, or opens the one that is there. One that holds nothing but parts of a workspace, such as
 * a `cache/` that was kept elsewhere, becomes one.
 * Fails with `workspace-foreign` (other files, or another layout) or a file failure.
 */
export function openWorkspace(folder: string): Result<Workspace, WorkspaceForeign | FileFailure> {
  const workspace = workspaceAt(folder);
  const marker = join(folder, WORKSPACE_MARKER);
  const layout = attempt(marker, () => readTextIfThere(marker)?.trim());
  if (!layout.ok) {
    return layout;
  }
  if (layout.value === LAYOUT) {
    return success(workspace);
  }
  if (layout.value !== undefined) {
    return failed({
      reason: 'workspace-foreign',
      folder,
      detail: `it says "${layout.value}", this version knows "${LAYOUT}"`,
    });
  }
  return foundWorkspace(workspace, marker);
}

function foundWorkspace(workspace: Workspace, marker: string): Result<Workspace, WorkspaceForeign | FileFailure> {
  const { folder } = workspace;
  const foreign = attempt(folder, () =>
    existsSync(folder)
      ? foreignIn(
          folder,
          readdirSync(folder).filter((name) => !OTHERS_ALLOWED.has(name)),
        )
      : undefined,
  );
  if (!foreign.ok) {
    return foreign;
  }
  if (foreign.value !== undefined) {
    return failed({
      reason: 'workspace-foreign',
      folder,
      detail: `it holds "${foreign.value}", which bootlap did not put there`,
    });
  }
  return attempt(folder, () => {
    makeFolder(folder);
    hideFromGit(folder);
    writeFileAtomically(marker, `${LAYOUT}\n`);
    return workspace;
  });
}

/** In a tree that is built with its changes (`--with kernel=.`) the workspace would be a change, and another with each run. */
function hideFromGit(folder: string): void {
  const path = join(folder, '.gitignore');
  if (!existsSync(path)) {
    writeFileAtomically(path, '*\n');
  }
}

/** A step's name as a file name: `make:kernel` -> `make-kernel`. */
export function stepFileName(step: StepName): string {
  return step.replace(':', '-');
}

/** Where a recipe's step has its outputs. */
export function outFolder(workspace: Workspace, recipe: string, step: StepName): string {
  return join(workspace.out, recipe, stepFileName(step));
}

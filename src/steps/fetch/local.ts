import { chmodSync, copyFileSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestBytes, digestJson, type Digest } from '../../core/digest.js';
import type { Failure } from '../../core/failure.js';
import { done, failed, type Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import { attempt, digestFile } from '../../system/files.js';
import type { WorkingChange, WorkingTree } from '../../system/git-local.js';
import { changedFile, writeSourceLayout } from '../source-layout.js';
import { fetchShape } from './shape.js';

/**
 * The user's own working tree: HEAD's tree by its name, and a copy of every file that differs from it. The files that
 * do not differ stay where git has them.
 */
export function fetchLocal(component: Component, workingTree: WorkingTree): Step {
  const { tree, changed } = workingTree;
  return fetchShape({
    component,
    what: `a local working tree with ${changesIn(changed.length)}`,
    lane: 'light',
    params: {
      kind: 'local',
      tree,
      changes: digestJson(
        'local-changes',
        changed.map((change) => ({ ...change })),
      ),
    },
    fill: (folder, context) => Promise.resolve(fill(folder, context, { component, workingTree })),
  });
}

interface Local {
  readonly component: Component;
  readonly workingTree: WorkingTree;
}

function fill(folder: string, context: StepContext, local: Local): Result<void, Failure> {
  const { component, workingTree } = local;
  const { tree, changed, submodules } = workingTree;
  if (submodules.length > 0) {
    context.notice('info', `the submodules of the ${component}'s local tree are left out: ${submodules.join(', ')}`);
  }
  for (const change of changed) {
    const copied = change.mode === 'deleted' ? done : copyChange(folder, change, local);
    if (!copied.ok) {
      return copied;
    }
  }
  return writeSourceLayout(folder, { kind: 'local', tree, changed });
}

type KeptChange = Extract<WorkingChange, { mode: 'file' | 'executable' | 'link' }>;

/** The user goes on editing meanwhile: what is copied has to be what the step's parameters say. */
function copyChange(folder: string, change: KeptChange, { component, workingTree }: Local): Result<void, Failure> {
  const from = join(workingTree.folder, change.path);
  const to = changedFile(folder, change.path);
  const digest = attempt<Digest>(from, () => {
    mkdirSync(dirname(to), { recursive: true });
    if (lstatSync(from).isSymbolicLink()) {
      symlinkSync(readlinkSync(from), to);
      return digestBytes(readlinkSync(to));
    }
    copyFileSync(from, to);
    chmodSync(to, change.mode === 'executable' ? 0o755 : 0o644);
    return digestFile(to);
  });
  if (digest.ok && digest.value === change.digest) {
    return done;
  }
  const detail = `${change.path} was edited while it was read: run again`;
  return failed({ reason: 'local-tree-unfit', component, folder: workingTree.folder, detail });
}

function changesIn(count: number): string {
  return count === 1 ? '1 uncommitted change' : `${count === 0 ? 'no' : count} uncommitted changes`;
}

import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { digestJson } from '../../core/digest.js';
import type { Failure } from '../../core/failure.js';
import { done, success, type Result } from '../../core/result.js';
import { unpackArchives } from '../../system/archive.js';
import { attempt, attemptAsync, uniqueSuffix, type FileFailure } from '../../system/files.js';
import { readSourceLayout, type ArchivesLayout, type LocalLayout } from '../source-layout.js';
import { checkOut } from './borrow.js';
import { sourceIdentity } from './identity.js';
import { KeptTree, STAGED, type TreeUse } from './kept-tree.js';
import { salvage } from './salvage.js';

/** How a source that can be built is laid out. */
export type TreeLayout = ArchivesLayout | LocalLayout;

/** A kept tree and the layout of the source that it is of. */
export interface OpenTree {
  readonly tree: KeptTree;
  readonly layout: TreeLayout;
  /** The output `source` of the fetch step. */
  readonly fetched: string;
}

/** Trees of a component beyond so many, the one in use included, are removed: each takes gigabytes. */
const TREES_KEPT = 3;

/**
 * The kept tree of what `fetch:<component>` gave: the one that is there, put right after whatever was interrupted
 * in it, or a new one, unpacked whole or not at all.
 */
export async function openTree(use: TreeUse): Promise<Result<OpenTree, Failure>> {
  const fetched = use.context.upstream(`fetch:${use.component}`, 'source');
  const layout = readSourceLayout(fetched);
  if (!layout.ok) {
    return layout;
  }
  if (layout.value.kind === 'installed' || layout.value.kind === 'file') {
    throw new Error(`${use.component} is used as it is, and has no tree`);
  }
  const folder = treeFolder(use, fetched, layout.value);
  if (!folder.ok) {
    return folder;
  }
  const tree = new KeptTree(folder.value, use);
  const opened: OpenTree = { tree, layout: layout.value, fetched };
  const cleared = await clearRemains(tree);
  const ready = cleared.ok ? await makeReady(opened) : cleared;
  return ready.ok ? success(opened) : ready;
}

function treeFolder(use: TreeUse, fetched: string, layout: TreeLayout): Result<string, FileFailure> {
  const trees = use.context.folders.trees;
  // A local tree stays the same one while it is edited, so its place names it and not what is in it.
  const identity =
    layout.kind === 'local'
      ? success(digestJson('local tree', use.local ?? ''))
      : sourceIdentity(trees, use.component, fetched);
  return identity.ok ? success(join(trees, `${use.component}-${identity.value.slice(0, 16)}`)) : identity;
}

async function makeReady(opened: OpenTree): Promise<Result<void, Failure>> {
  const { tree } = opened;
  const unwanted = tree.context.clean && tree.state.run !== tree.context.runFolder;
  if (tree.isThere && !unwanted) {
    const saved = await salvage(tree);
    if (!saved.ok || saved.value === 'sound') {
      return saved.ok ? done : saved;
    }
  }
  return remakeTree(opened);
}

/** Makes a tree beside its place and moves it there in one rename, with its first state in it. */
async function makeNew(opened: OpenTree): Promise<Result<void, Failure>> {
  const { tree, layout } = opened;
  const staged = tree.staged();
  const filled =
    layout.kind === 'local' ? await borrowInto(staged, layout) : await unpackInto(staged, layout, opened.fetched);
  if (!filled.ok) {
    await throwAway(staged.folder);
    return filled;
  }
  return attempt(tree.folder, () => {
    staged.record({ run: tree.context.runFolder, ...(layout.kind === 'local' ? { base: layout.tree } : {}) });
    renameSync(staged.folder, tree.folder);
    tree.state = staged.state;
  });
}

async function borrowInto(staged: KeptTree, layout: LocalLayout): Promise<Result<void, Failure>> {
  const made = attempt(staged.source, () => mkdirSync(staged.source, { recursive: true }));
  return made.ok ? checkOut(staged, { treeId: layout.tree, folder: staged.source }) : made;
}

async function unpackInto(staged: KeptTree, layout: ArchivesLayout, fetched: string): Promise<Result<void, Failure>> {
  const { context } = staged;
  const made = attempt(staged.folder, () => mkdirSync(staged.folder, { recursive: true }));
  if (!made.ok) {
    return made;
  }
  const unpacked = await unpackArchives({
    layers: layout.layers.map(({ archive, ...layer }) => ({ ...layer, file: join(fetched, archive) })),
    folder: staged.source,
    signal: context.signal,
    onProgress: (files) => context.progress({ done: files, unit: 'files' }),
  });
  if (unpacked.ok) {
    context.log.line(`unpacked ${unpacked.value.files} files`);
  }
  return unpacked.ok ? done : unpacked;
}

/** Removes what killed runs left half made, and the component's trees that have not been used for longest. */
async function clearRemains(tree: KeptTree): Promise<Result<void, Failure>> {
  const trees = dirname(tree.folder);
  const old = attempt(trees, () => {
    mkdirSync(trees, { recursive: true });
    const ours = readdirSync(trees).filter((name) => name.startsWith(`${tree.component}-`));
    const remains = ours.filter((name) => name.includes(STAGED));
    const others = ours.filter((name) => !name.includes(STAGED) && name !== basename(tree.folder));
    const lastUsed = (name: string): number => statSync(join(trees, name)).mtimeMs;
    others.sort((a, b) => lastUsed(b) - lastUsed(a));
    return [...remains, ...others.slice(TREES_KEPT - 1)];
  });
  if (!old.ok) {
    return old;
  }
  for (const name of old.value) {
    const thrown = await throwAway(join(trees, name));
    if (!thrown.ok) {
      return thrown;
    }
  }
  return done;
}

/** Removes a tree. It loses its name first, so that a kill leaves no half of it under that name. */
async function throwAway(folder: string): Promise<Result<void, FileFailure>> {
  const aside = `${folder.replace(/\.tmp-.*$/, '')}${STAGED}${uniqueSuffix()}`;
  return attemptAsync(folder, async () => {
    if (statSync(folder, { throwIfNoEntry: false }) !== undefined) {
      renameSync(folder, aside);
      await rm(aside, { recursive: true, force: true, maxRetries: 3 });
    }
  });
}

/** Throws a tree away and makes it anew, for a build between the sources that cannot be undone otherwise. */
export async function remakeTree(opened: OpenTree): Promise<Result<void, Failure>> {
  const thrown = await throwAway(opened.tree.folder);
  return thrown.ok ? makeNew(opened) : thrown;
}

import { mkdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import type { PathOutside } from '../../core/failures/build.js';
import { done, failed, success, type Result } from '../../core/result.js';
import { attempt, remove } from '../../system/files.js';
import { readBase, type BaseFiles } from './base.js';
import { differingFiles } from './borrow.js';
import { placeContent, readContent, sameContent, type FileContent } from './content.js';
import type { KeptTree } from './kept-tree.js';
import { remakeTree, type OpenTree } from './open.js';
import { localOverlay, marksOf, readPatched, sameMark, type Overlay, type OverlayFile } from './overlay.js';
import { foldersAbove, linkOnTheWay, statOf } from './path.js';
import type { FileMode } from './state.js';

/** Tells which paths of a tree a step reads; the others are left as they are. */
export type PathFilter = (path: string) => boolean;

/**
 * Brings a kept tree to what was fetched and patched. Only files whose bytes differ are touched, so that their times
 * move and no others', and make rebuilds what depends on them.
 * `patched` is an output of `patch:<component>`: all patched files, or those that `concerns` is true of.
 */
export async function synchroniseTree(
  opened: OpenTree,
  patched: string,
  concerns: PathFilter = () => true,
): Promise<Result<void, Failure>> {
  const overlay = readPatched(patched);
  if (!overlay.ok) {
    return overlay;
  }
  const { tree, layout, fetched } = opened;
  const base = layout.kind === 'local' ? layout.tree : undefined;
  const wanted: Overlay =
    layout.kind === 'local' ? new Map([...localOverlay(layout, fetched), ...overlay.value]) : overlay.value;
  const moved = base === undefined ? success([]) : await movedFiles(opened, base);
  if (!moved.ok) {
    return moved;
  }
  const unsure = [...(tree.state.changing ?? []), ...moved.value];
  const left = Object.keys(tree.state.overlay).filter((path) => !concerns(path) && !wanted.has(path));
  const paths = pathsToChange(tree, wanted, unsure).filter((path) => !left.includes(path));
  const change: Change = { tree, wanted, paths, base, left };
  return paths.length === 0 && tree.state.base === base ? done : changeTree(change);
}

/** Files in which the local tree's new base differs from the one that the tree has. */
async function movedFiles({ tree, ...opened }: OpenTree, base: string): Promise<Result<readonly string[], Failure>> {
  const from = tree.state.base ?? base;
  const differing = from === base ? success([]) : await differingFiles(tree, from, base);
  if (!differing.ok || differing.value !== undefined) {
    return differing.ok ? success(differing.value ?? []) : differing;
  }
  // The old base is gone from the user's repository (rebased and tidied up): nothing tells what differs.
  const remade = await remakeTree({ tree, ...opened });
  return remade.ok ? success([]) : remade;
}

function pathsToChange(tree: KeptTree, wanted: Overlay, unsure: readonly string[]): string[] {
  const { overlay } = tree.state;
  const marks = marksOf(wanted);
  const doubted = new Set(unsure);
  const all = new Set([...wanted.keys(), ...Object.keys(overlay), ...doubted]);
  return [...all].filter((path) => doubted.has(path) || !sameMark(marks[path], overlay[path]));
}

/** A change of a tree from what it holds to what is wanted. */
interface Change {
  readonly tree: KeptTree;
  readonly wanted: Overlay;
  readonly paths: readonly string[];
  /** Git's name of the base that is wanted, for a local working tree. */
  readonly base: string | undefined;
  /** Paths that do not concern the step and keep what lies over them. */
  readonly left: readonly string[];
}

/**
 * The order makes it safe against a kill: pristine copies first, then the record of what may be touched, then the
 * files, then the record of what the tree holds.
 */
async function changeTree(change: Change): Promise<Result<void, Failure>> {
  const { tree, wanted, paths, base } = change;
  const outside = paths.map((path) => leadsThroughLink(tree, path)).find((failure) => failure !== undefined);
  if (outside !== undefined) {
    return failed(outside);
  }
  const originals = await readBase(tree, paths, base);
  if (!originals.ok) {
    return originals;
  }
  return attempt(tree.folder, () => {
    remove(tree.scratch);
    mkdirSync(tree.scratch, { recursive: true });
    const saved = base === undefined ? savePristine(tree, originals.value) : {};
    tree.record({ saved: { ...tree.state.saved, ...saved }, changing: paths });
    touchFiles(tree, paths, (path) => contentOf(wanted.get(path), originals.value.get(path)));
    const kept = Object.entries(tree.state.overlay).filter(([path]) => change.left.includes(path));
    const overlay = { ...Object.fromEntries(kept), ...marksOf(wanted) };
    tree.recordEnd('changing', { overlay, ...(base === undefined ? {} : { base }) });
    tree.context.log.line(`${paths.length} files of the tree looked at for a change`);
  });
}

function leadsThroughLink(tree: KeptTree, path: string): PathOutside | undefined {
  const link = linkOnTheWay(tree.source, path);
  const detail = `goes through the symbolic link ${link ?? ''}`;
  return link === undefined ? undefined : { reason: 'path-outside', origin: 'the source tree', path, detail };
}

function savePristine(tree: KeptTree, originals: BaseFiles): Record<string, FileMode | 'absent'> {
  const saved: Record<string, FileMode | 'absent'> = {};
  for (const [path, content] of originals) {
    if (tree.state.saved[path] === undefined) {
      saved[path] = content?.mode ?? 'absent';
      if (content !== undefined) {
        placeContent(join(tree.pristine, path), content, tree.scratch);
      }
    }
  }
  return saved;
}

function contentOf(over: OverlayFile | undefined, original: FileContent | undefined): FileContent | undefined {
  if (over === undefined) {
    return original;
  }
  if (over.mode === 'deleted') {
    return undefined;
  }
  const content = readContent(over.from);
  // A file's mode is the overlay's word: a cache or an archive between may have lost it.
  return content === undefined ? undefined : { mode: over.mode, bytes: content.bytes };
}

function touchFiles(tree: KeptTree, paths: readonly string[], wanted: (path: string) => FileContent | undefined): void {
  const contents = new Map(paths.map((path) => [path, wanted(path)]));
  // What goes, goes first: a file may become a folder.
  for (const [path, content] of contents) {
    if (content === undefined) {
      removeFile(tree.source, path);
    }
  }
  for (const [path, content] of contents) {
    if (content !== undefined && !sameContent(readContent(join(tree.source, path)), content)) {
      placeContent(join(tree.source, path), content, tree.scratch);
    }
  }
}

function removeFile(root: string, path: string): void {
  const stat = statOf(join(root, path));
  if (stat !== undefined && !stat.isDirectory()) {
    unlinkSync(join(root, path));
    removeEmptyFolders(root, path);
  }
}

function removeEmptyFolders(root: string, path: string): void {
  for (const folder of foldersAbove(path)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return;
    }
  }
}

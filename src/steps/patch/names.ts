import type { FileChange } from './parse.js';
import type { PatchedFiles } from './workspace.js';

/** Files of the tree that a change speaks of. */
export interface ChangePaths {
  /** Missing where the file is new. */
  readonly from?: string;
  /** Missing where the file goes. */
  readonly to?: string;
}

/** How names in a patch become paths of the tree. */
export interface Naming {
  /** Leading folders that are taken off: 1 for `a/init/main.c`. */
  readonly strip: number;
  /** The tree is this folder of what the patch was made for; changes elsewhere do not concern it. */
  readonly only?: string;
}

/** Every path of the tree that a change may mean. */
export function candidatePaths(change: FileChange, naming: Naming): string[] {
  const names = [change.newName, change.oldName].filter((name) => name !== undefined);
  const paths = [...names.map((name) => stripped(name, naming.strip)), ...names.map((name) => stripped(name, 0))];
  return [...new Set(paths.flatMap((path) => inTree(path, naming)))];
}

/**
 * The files that a change is about. An edit names one file twice, often with another ending (`main.c.orig`) or without
 * the leading folder: the first name that is a file of the tree counts. `undefined`: it does not concern the tree.
 */
export function pathsOf(change: FileChange, naming: Naming, files: PatchedFiles): ChangePaths | undefined {
  const { oldName, newName } = change;
  if (change.kind !== 'edit' && oldName !== undefined && newName !== undefined) {
    const [from] = inTree(stripped(oldName, naming.strip), naming);
    const [to] = inTree(stripped(newName, naming.strip), naming);
    return from === undefined || to === undefined ? undefined : { from, to };
  }
  const candidates = candidatePaths(change, naming);
  const path = candidates.find((candidate) => files.read(candidate) !== undefined) ?? candidates[0];
  if (path === undefined) {
    return undefined;
  }
  return { ...(oldName === undefined ? {} : { from: path }), ...(newName === undefined ? {} : { to: path }) };
}

/** A name without its leading folders; one that has too few keeps its last part. */
function stripped(name: string, strip: number): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  return parts.slice(Math.min(strip, parts.length - 1)).join('/');
}

function inTree(path: string, { only }: Naming): string[] {
  if (only === undefined) {
    return [path];
  }
  return path.startsWith(`${only}/`) ? [path.slice(only.length + 1)] : [];
}

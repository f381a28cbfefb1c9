import { existsSync, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listFolder, remove } from '../system/files.js';
import { folderNames } from './record.js';
import type { Workspace } from './workspace.js';

/** A folder or file that may be removed. */
export interface CollectableFolder {
  /** For a person. */
  readonly what: string;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
  /** Removes it and gives the bytes that this freed. */
  remove(): number;
}

/** Folders of which each entry is counted, and may be removed where `isFree` says so. */
interface FolderKind {
  readonly folder: string;
  /** An entry for a person. */
  readonly told: (name: string) => string;
  readonly isCounted?: (name: string) => boolean;
  readonly isFree?: (path: string, name: string) => boolean;
}

/** What a sweep has measured cannot be built again: it is kept so long in any case. Milliseconds. */
const SWEEP_STAYS = 30 * 24 * 3_600_000;
/** A bundle is unpacked before the workspace is locked. */
const UNPACKED_STAYS = 24 * 3_600_000;

/**
 * Everything beside the results that a workspace can do without: kept trees, downloads, what ccache keeps, work to go on with, what lies
 * ready for the cells of a sweep or the second side of a comparison, bundles that a killed replay has left, and sweeps that have
 * been over for a month, but never the newest of its name. Throws system errors.
 */
export function collectableFolders(workspace: Workspace): CollectableFolder[] {
  return kindsOf(workspace).flatMap(({ folder, told, isCounted = () => true, isFree = () => true }) =>
    folderNames(folder).flatMap((name) => {
      const path = join(folder, name);
      const isMeant = isCounted(name) && isFree(path, name);
      return isMeant ? [{ what: told(name), lastUsed: statSync(path).mtimeMs, remove: () => removeCounted(path) }] : [];
    }),
  );
}

/** The bytes of all that is counted, whether it may be removed or not. Throws system errors. */
export function countedBytes(workspace: Workspace): number {
  return kindsOf(workspace)
    .flatMap(({ folder, isCounted = () => true }) =>
      folderNames(folder)
        .filter(isCounted)
        .map((name) => folderBytes(join(folder, name))),
    )
    .reduce((sum, bytes) => sum + bytes, 0);
}

function kindsOf({ trees, downloads, ccache, resume, out, unpacked, sweeps }: Workspace): FolderKind[] {
  const newest = newestSweeps(folderNames(sweeps).filter((name) => SWEEP_ID.test(name)));
  return [
    { folder: trees, told: (name) => `kept tree ${name}` },
    { folder: downloads, told: (name) => `download ${name}` },
    { folder: ccache, told: (name) => `${name} of ccache` },
    { folder: resume, told: (name) => `boots or other work to go on with (${name.slice(0, 12)})` },
    // Those of a recipe are where its user looks for them; no recipe has a "+" in its name.
    { folder: out, told: (name) => `outputs ready for ${name}`, isCounted: (name) => name.includes('+') },
    { folder: unpacked, told: (name) => `unpacked ${name}`, isFree: (path) => isUntouched(path, UNPACKED_STAYS) },
    {
      folder: sweeps,
      told: (name) => `sweep ${name}`,
      isCounted: (name) => SWEEP_ID.test(name),
      isFree: (path, name) => !newest.has(name) && isOver(path) && isUntouched(path, SWEEP_STAYS),
    },
  ];
}

const SWEEP_ID = /^\d{8}T\d{6}Z-.+-[0-9a-f]{4}$/;

/** The newest of each name. */
function newestSweeps(ids: readonly string[]): ReadonlySet<string> {
  const byName = new Map([...ids].sort().map((id) => [id.replace(/^[^-]+-|-[^-]+$/g, ''), id]));
  return new Set(byName.values());
}

/** One that is neither over nor cancelled may be gone on with, or is under way on other hosts. */
function isOver(path: string): boolean {
  return ['over', 'cancelled'].some((mark) => existsSync(join(path, mark)));
}

function isUntouched(path: string, milliseconds: number): boolean {
  return Date.now() - statSync(path).mtimeMs > milliseconds;
}

function removeCounted(path: string): number {
  const bytes = folderBytes(path);
  remove(path);
  return bytes;
}

function folderBytes(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) {
    return stat?.size ?? 0;
  }
  // Other hosts may be writing into a sweep: what was there a moment ago need not be any more.
  return listFolder(path).reduce(
    (sum, entry) => sum + (lstatSync(join(path, entry.path), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

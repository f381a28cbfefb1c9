import { dirname, join } from 'node:path';
import type { LockInvalid } from '../core/failures/recipe.js';
import { done, success, type Result } from '../core/result.js';
import { attempt, readTextIfThere, writeFileAtomically, type FileFailure } from '../system/files.js';
import { isRecipePath } from './find.js';
import { lockText, parseLock, type Lock, type LockEntry, type LockKey } from './lock-document.js';
import { isMadeFrom, type Lockable } from './lockable.js';

/** The part of a `bootlap.lock` that is about one recipe, as it was when it was read. */
export interface RecipeLock {
  /** Absolute; there need not be such a file. */
  readonly file: string;
  /** The recipe's name. */
  readonly recipe: string;
  readonly lockables: readonly Lockable[];
  readonly entries: ReadonlyMap<LockKey, LockEntry>;
}

/** Which lock is meant, and what of it. */
export interface LockWanted {
  /** The recipe as it was named, and its file. */
  readonly nameOrFile: string;
  readonly recipeFile: string;
  readonly recipe: string;
  readonly lockables: readonly Lockable[];
  /** Absolute. */
  readonly workingFolder: string;
}

/**
 * Reads what is held of a recipe: from `bootlap.lock` beside its file, or, for a recipe that ships, in the working
 * folder, because what ships is nobody's to write beside. Fails with `lock-invalid`, or as the file system does.
 */
export function readRecipeLock(wanted: LockWanted): Result<RecipeLock, LockInvalid | FileFailure> {
  const { nameOrFile, recipeFile, workingFolder, recipe, lockables } = wanted;
  const file = join(isRecipePath(nameOrFile) ? dirname(recipeFile) : workingFolder, 'bootlap.lock');
  const lock = readLock(file);
  return lock.ok ? success({ file, recipe, lockables, entries: lock.value.get(recipe) ?? new Map() }) : lock;
}

/** The entries that hold: those that were made from what the recipe says now. */
export function heldEntries({ lockables, entries }: RecipeLock): Map<LockKey, LockEntry> {
  return new Map(
    lockables.flatMap(({ key, basis }) => {
      const entry = entries.get(key);
      return entry !== undefined && isMadeFrom(entry, basis) ? [[key, entry]] : [];
    }),
  );
}

/**
 * Writes one entry, or takes it out where there is none to write; the rest of the file stays as it is by now. Writes
 * nothing where nothing differs. Fails with `lock-invalid` (the file was broken meanwhile), or as the file system does.
 */
export function changeLock(
  { file, recipe }: RecipeLock,
  key: LockKey,
  entry: LockEntry | undefined,
): Result<void, LockInvalid | FileFailure> {
  const lock = readLock(file);
  if (!lock.ok) {
    return lock;
  }
  const entries = new Map(lock.value.get(recipe));
  if (entry === undefined) {
    entries.delete(key);
  } else {
    entries.set(key, entry);
  }
  const text = lockText(new Map([...lock.value, [recipe, entries]]));
  return text === lockText(lock.value) ? done : attempt(file, () => writeFileAtomically(file, text));
}

function readLock(file: string): Result<Lock, LockInvalid | FileFailure> {
  const text = attempt(file, () => readTextIfThere(file));
  if (!text.ok) {
    return text;
  }
  return text.value === undefined ? success(new Map()) : parseLock(text.value, file);
}

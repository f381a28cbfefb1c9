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
  /** What is held of the other recipes of the file. */
  readonly elsewhere: readonly LockEntry[];
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
  if (!lock.ok) {
    return lock;
  }
  const elsewhere = [...lock.value].flatMap(([name, entries]) => (name === recipe ? [] : [...entries.values()]));
  return success({ file, recipe, lockables, entries: lock.value.get(recipe) ?? new Map(), elsewhere });
}

/**
 * The entries that hold: those that were made from what the recipe says now. What an address of a `.config` gave to
 * another recipe it gives to this one, too: recipes that build on each other are to have the same.
 */
export function heldEntries({ lockables, entries, elsewhere }: RecipeLock): Map<LockKey, LockEntry> {
  return new Map(
    lockables.flatMap(({ key, basis }) => {
      const candidates = [entries.get(key), ...('url' in basis ? elsewhere : [])];
      const entry = candidates.find((each) => each !== undefined && isMadeFrom(each, basis));
      return entry === undefined ? [] : [[key, entry]];
    }),
  );
}

/**
 * Writes one entry, or takes it out where there is none to write; that of an address is written for each recipe that
 * has it. The rest of the file stays as it is by now. Writes nothing where nothing differs. Fails with `lock-invalid` (the file was broken meanwhile), or as the file system does.
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
  const others = [...lock.value].map(([name, held]) => [name, withSame(held, entry)] as const);
  const text = lockText(new Map([...others, [recipe, entries]]));
  return text === lockText(lock.value) ? done : attempt(file, () => writeFileAtomically(file, text));
}

function withSame(held: ReadonlyMap<LockKey, LockEntry>, entry: LockEntry | undefined): Map<LockKey, LockEntry> {
  const isSame = (other: LockEntry): boolean => entry !== undefined && 'url' in entry && isMadeFrom(other, entry);
  return new Map([...held].map(([key, other]) => [key, entry !== undefined && isSame(other) ? entry : other]));
}

function readLock(file: string): Result<Lock, LockInvalid | FileFailure> {
  const text = attempt(file, () => readTextIfThere(file));
  if (!text.ok) {
    return text;
  }
  return text.value === undefined ? success(new Map()) : parseLock(text.value, file);
}

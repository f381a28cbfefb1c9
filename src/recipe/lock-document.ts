import type { Digest } from '../core/digest.js';
import type { LockInvalid } from '../core/failures/recipe.js';
import { byCodeUnit } from '../core/json.js';
import { failed, success, type Result } from '../core/result.js';
import { COMPONENTS, type Component } from '../core/step.js';
import { lockFault, shown } from './lock-check.js';

/** What can be held of a recipe: the commit of a component's git source, and the `.config` that is fetched for it. */
export type LockKey = Component | `${Component}-config`;

/** A commit that is taken, and what it was found for: the entry holds only while the recipe still says that. */
export interface GitEntry {
  /** The address and branch of the recipe. */
  readonly git: string;
  readonly branch: string;
  /** 40 (SHA-256 repositories: 64) hexadecimal digits. */
  readonly commit: string;
  /** The recipe's own commit, where it has one. */
  readonly insteadOf?: string;
}

/** The bytes that are taken of a fetched `.config`, and the address that they were found at first. */
export interface ConfigEntry {
  readonly url: string;
  readonly sha256: Digest;
}

/** What is held for one key. */
export type LockEntry = GitEntry | ConfigEntry;

/** Recipe name -> what is held of it. */
export type Lock = ReadonlyMap<string, ReadonlyMap<LockKey, LockEntry>>;

/** The text of a lock: keys in one order, so that it can be committed and compared. */
export function lockText(lock: Lock): string {
  const recipes = [...lock].filter(([, entries]) => entries.size > 0).sort(([a], [b]) => byCodeUnit(a, b));
  const plain = recipes.map(([name, entries]) => [
    name,
    Object.fromEntries(
      KEYS.flatMap((key) => {
        const entry = entries.get(key);
        return entry === undefined ? [] : [[key, inOrder(entry)]];
      }),
    ),
  ]);
  return `${JSON.stringify({ version: VERSION, recipes: Object.fromEntries(plain) as object }, undefined, 2)}\n`;
}

const VERSION = 1;

const KEYS: readonly LockKey[] = COMPONENTS.flatMap((component): LockKey[] => [component, `${component}-config`]);

function inOrder(entry: LockEntry): LockEntry {
  if ('url' in entry) {
    return { url: entry.url, sha256: entry.sha256 };
  }
  const { git, branch, commit, insteadOf } = entry;
  return { git, branch, commit, ...(insteadOf === undefined ? {} : { insteadOf }) };
}

/** Reads the text of a lock. Fails with `lock-invalid`, with the first thing that is not as we write it. */
export function parseLock(text: string, file: string): Result<Lock, LockInvalid> {
  const parsed = parseJson(text);
  if (!parsed.ok) {
    return failed({ reason: 'lock-invalid', file, ...parsed.failure });
  }
  const fault = lockFault(parsed.value, { version: VERSION, keys: KEYS });
  if (fault !== undefined) {
    const { path, found, expected } = fault;
    return failed({ reason: 'lock-invalid', file, path: path.join('.'), found, expected });
  }
  const { recipes } = parsed.value as { recipes: Record<string, Record<LockKey, LockEntry>> };
  const entriesOf = (entries: Record<LockKey, LockEntry>): Map<LockKey, LockEntry> =>
    new Map(Object.entries(entries) as [LockKey, LockEntry][]);
  return success(new Map(Object.entries(recipes).map(([name, entries]) => [name, entriesOf(entries)])));
}

type SyntaxFault = Pick<LockInvalid, 'line' | 'path' | 'found' | 'expected'>;

function parseJson(text: string): Result<unknown, SyntaxFault> {
  try {
    return success(JSON.parse(text) as unknown);
  } catch (error) {
    return failed({ path: '', expected: 'JSON', ...syntaxFault(text, error instanceof Error ? error.message : '') });
  }
}

/** What a merge has left is the likeliest; else where the parser stopped, which it does not always say. */
function syntaxFault(text: string, detail: string): Pick<LockInvalid, 'line' | 'found'> {
  if (text.trim() === '') {
    return { found: 'an empty file' };
  }
  const conflict = /^(<{7}|={7}|>{7})/m.exec(text)?.index;
  const stopped = /at position (\d+)/.exec(detail)?.[1];
  const position = conflict ?? (stopped === undefined ? undefined : Number(stopped));
  if (position === undefined) {
    return { found: `something else (${detail.replaceAll(/\s+/g, ' ')})` };
  }
  const line = text.slice(0, position).split('\n').length;
  return { line, found: shown((text.split('\n')[line - 1] ?? '').trim()) };
}

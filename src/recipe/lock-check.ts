import { isDigest } from '../core/digest.js';

/** The first thing in a lock that is not as we write it. */
export interface LockFault {
  /** Keys from the top. */
  readonly path: readonly string[];
  readonly found: string;
  readonly expected: string;
}

/** What a lock is made of. */
export interface LockShape {
  readonly version: number;
  /** Of what is held of a recipe; those that end in `-config` are of fetched files, the others of commits. */
  readonly keys: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Looks a parsed lock over; `undefined` where it is right. */
export function lockFault(document: unknown, shape: LockShape): LockFault | undefined {
  if (!isFields(document)) {
    return { path: [], found: shown(document), expected: 'an object with "version" and "recipes"' };
  }
  if (document['version'] !== shape.version) {
    const expected = `${shape.version}; a newer bootlap writes another`;
    return { path: ['version'], found: shown(document['version']), expected };
  }
  const { recipes } = document;
  if (!isFields(recipes)) {
    return { path: ['recipes'], found: shown(recipes), expected: 'an object: recipe name -> what is held of it' };
  }
  return (
    unknownKey(document, [], ['version', 'recipes']) ??
    firstOf(Object.entries(recipes), ([name, entries]) => recipeFault(entries, ['recipes', name], shape.keys))
  );
}

function recipeFault(entries: unknown, path: readonly string[], keys: readonly string[]): LockFault | undefined {
  if (!isFields(entries)) {
    return { path, found: shown(entries), expected: `an object with ${keys.join(', ')}` };
  }
  return (
    unknownKey(entries, path, keys) ??
    firstOf(Object.entries(entries), ([key, entry]) => entryFault(entry, [...path, key], rulesFor(key)))
  );
}

interface Rule {
  readonly key: string;
  readonly expected: string;
  readonly isOptional?: true;
  readonly fits: (text: string) => boolean;
}

const isAnything = (text: string): boolean => text !== '';
const isCommit = (text: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
const COMMIT = 'a commit: 40 hexadecimal digits';

const GIT_RULES: readonly Rule[] = [
  { key: 'git', expected: "the address of the recipe's source", fits: isAnything },
  { key: 'branch', expected: "the branch of the recipe's source", fits: isAnything },
  { key: 'commit', expected: COMMIT, fits: isCommit },
  { key: 'insteadOf', expected: COMMIT, fits: isCommit, isOptional: true },
];

const CONFIG_RULES: readonly Rule[] = [
  { key: 'url', expected: 'the address of the .config in the recipe', fits: isAnything },
  { key: 'sha256', expected: 'a SHA-256: 64 hexadecimal digits', fits: isDigest },
];

function rulesFor(key: string): readonly Rule[] {
  return key.endsWith('-config') ? CONFIG_RULES : GIT_RULES;
}

function entryFault(entry: unknown, path: readonly string[], rules: readonly Rule[]): LockFault | undefined {
  const keys = rules.map(({ key }) => key);
  if (!isFields(entry)) {
    return { path, found: shown(entry), expected: `an object with ${keys.join(', ')}` };
  }
  const wrong = rules.find(({ key, fits, isOptional }) => {
    const value = entry[key];
    return value === undefined ? isOptional !== true : typeof value !== 'string' || !fits(value);
  });
  return wrong === undefined
    ? unknownKey(entry, path, keys)
    : { path: [...path, wrong.key], found: shown(entry[wrong.key]), expected: wrong.expected };
}

function unknownKey(fields: Fields, path: readonly string[], known: readonly string[]): LockFault | undefined {
  const key = Object.keys(fields).find((name) => !known.includes(name));
  return key === undefined
    ? undefined
    : { path, found: `key ${JSON.stringify(key)}`, expected: `no other keys than ${known.join(', ')}` };
}

function firstOf<T>(items: readonly T[], faultOf: (item: T) => LockFault | undefined): LockFault | undefined {
  for (const item of items) {
    const fault = faultOf(item);
    if (fault !== undefined) {
      return fault;
    }
  }
  return undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is there, shortly: `"12"`, `nothing`, `a list`. */
export function shown(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  const text = isFields(value) ? 'an object' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

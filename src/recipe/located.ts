/** A recipe's values with the place that each came from, so that a problem can name the very line. */

/** Where a value was written. */
export interface Origin {
  /** The file's absolute path, or `--set`, `--with`. */
  readonly file: string;
  /** From 1; missing for what came from the command line. */
  readonly line?: number;
  /** Folder that paths in it are relative to. */
  readonly folder: string;
  /** True for the command line, whose paths may lead anywhere. */
  readonly trusted: boolean;
}

export type Scalar = string | number | boolean | null;

/** A value and its origin. A mapping's keys keep their order. */
export interface Located {
  readonly origin: Origin;
  readonly content: Scalar | readonly Located[] | ReadonlyMap<string, Located>;
}

/** A located mapping. */
export interface LocatedMapping extends Located {
  readonly content: ReadonlyMap<string, Located>;
}

/** A key or an index for each level down from the top. */
export type KeyPath = readonly (string | number)[];

/** Tells whether a value is a mapping. */
export function isMapping(node: Located | undefined): node is LocatedMapping {
  return node?.content instanceof Map;
}

/** The value without its origins. */
export function plain(node: Located): unknown {
  if (isMapping(node)) {
    return Object.fromEntries([...node.content].map(([key, value]) => [key, plain(value)]));
  }
  return Array.isArray(node.content) ? (node.content as readonly Located[]).map(plain) : node.content;
}

/** The value at a path, or `undefined` where there is none. */
export function valueAt(node: Located, path: KeyPath): Located | undefined {
  return path.reduce<Located | undefined>((parent, key) => child(parent, key), node);
}

/** The origin of the value at a path, or of the nearest value above it that is there. */
export function originOf(node: Located, path: KeyPath): Origin {
  let found = node;
  for (const key of path) {
    const next = child(found, key);
    if (next === undefined) {
      break;
    }
    found = next;
  }
  return found.origin;
}

function child(node: Located | undefined, key: string | number): Located | undefined {
  if (isMapping(node)) {
    return node.content.get(String(key));
  }
  return Array.isArray(node?.content) ? (node.content as readonly Located[])[Number(key)] : undefined;
}

/** A key as a person writes it: `kernel.patches[0]`, `(top level)`. */
export function pathText(path: KeyPath): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return text === '' ? '(top level)' : text.replace(/^\./, '');
}

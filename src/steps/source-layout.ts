import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDigest, type Digest } from '../core/digest.js';
import type { FileTrouble } from '../core/failures/host.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, readTextIfThere, type FileFailure } from '../system/files.js';

/**
 * What `fetch:<component>` leaves in its output `source` (a folder): `source.json`, which is a {@link SourceLayout},
 * and beside it the files that the layout names. It says how a source tree comes about without unpacking one.
 */
export type SourceLayout = ArchivesLayout | LocalLayout | InstalledLayout | FileLayout;

/** A tree that is unpacked from archives, one over the other, in this order. */
export interface ArchivesLayout {
  readonly kind: 'archives';
  /** Upstream's version (`6.1.192`, `7.2`), where the source tells it; patches are chosen by it. */
  readonly version?: string;
  readonly layers: readonly ArchiveLayer[];
  /**
   * Path, in the unpacked tree, of the distribution's own quilt series, which is applied before our patches.
   * When a layer has `only`, the series' paths still count from the archive's top.
   */
  readonly series?: string;
}

/** One archive of a tree. */
export interface ArchiveLayer {
  /** File name beside `source.json`: a tar, plain or compressed, as its ending says. */
  readonly archive: string;
  /** How many leading folders are taken off every path: 1 where the archive has one top folder. */
  readonly strip: number;
  /** Take this folder alone (a path after `strip`), and take its path off. */
  readonly only?: string;
  /** Folder of the tree that it is unpacked into; without it, the tree's top. */
  readonly into?: string;
}

/**
 * The user's own working tree: the files of a git tree, and over them what differs from it.
 * The tree's files stay in the user's repository (`archiveTree` of system/git-archive.ts takes them out by `tree`).
 */
export interface LocalLayout {
  readonly kind: 'local';
  /** Git's name of HEAD's tree, 40 (or 64) hexadecimal digits. */
  readonly tree: string;
  /** In code-unit order of the paths. The bytes of `path` lie in `changed/<path>` beside `source.json`. */
  readonly changed: readonly LocalChange[];
}

/** A file that differs from HEAD. For a link the digest is that of its target's text, and `changed/` holds a link. */
export type LocalChange =
  | { readonly path: string; readonly digest: Digest; readonly mode: 'file' | 'executable' | 'link' }
  | { readonly path: string; readonly mode: 'deleted' };

/** A program of this machine, used as it is. Nothing is unpacked. */
export interface InstalledLayout {
  readonly kind: 'installed';
  /** Its name, without a folder. */
  readonly program: string;
  /** The distribution package that owns the binary, where there is one. */
  readonly package?: { readonly name: string; readonly version: string };
  /** The first line of `program --version`. */
  readonly version: string;
  /** Of the binary's bytes. */
  readonly digest: Digest;
  /** ROM and data files that it loads, named from its data folder, in code-unit order. */
  readonly files: readonly { readonly path: string; readonly digest: Digest }[];
}

/** A finished file of this machine, used where it lies. Nothing is unpacked. */
export interface FileLayout {
  readonly kind: 'file';
  /** Of a hypervisor: the first line of `program --version`. */
  readonly version?: string;
  /** Of the file's bytes. */
  readonly digest: Digest;
  /** As of an {@link InstalledLayout}; none where it is no hypervisor. */
  readonly files: InstalledLayout['files'];
}

/** Name of the layout's file in the output `source`. */
export const SOURCE_FILE = 'source.json';

/** Where the bytes of a changed file of a {@link LocalLayout} lie, in the output folder. */
export function changedFile(folder: string, path: string): string {
  return join(folder, 'changed', path);
}

/** Writes `source.json` into the output folder, which has to exist. */
export function writeSourceLayout(folder: string, layout: SourceLayout): Result<void, FileFailure> {
  const path = join(folder, SOURCE_FILE);
  return attempt(path, () => writeFileSync(path, `${JSON.stringify(layout, undefined, 2)}\n`));
}

/**
 * Reads and checks `source.json` of an output folder.
 * Fails with `file-trouble`, which names the key that is wrong, when it is missing or not such a layout.
 */
export function readSourceLayout(folder: string): Result<SourceLayout, FileFailure> {
  const path = join(folder, SOURCE_FILE);
  const text = attempt(path, () => readTextIfThere(path));
  if (!text.ok) {
    return text;
  }
  if (text.value === undefined) {
    return failed(trouble(path, 'ENOENT', 'no such file'));
  }
  const value = parse(text.value);
  const wrong = whatIsWrong(value);
  return wrong === undefined ? success(value as SourceLayout) : failed(trouble(path, 'EINVAL', wrong));
}

function trouble(path: string, code: string, detail: string): FileTrouble {
  return { reason: 'file-trouble', path, code, detail };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const isDigestText: Check = (value) => typeof value === 'string' && isDigest(value);
const isGitId: Check = (value) => typeof value === 'string' && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
const isFileName: Check = (value) => isInside(value) && !String(value).includes('/');
const isInside: Check = (value) =>
  typeof value === 'string' && value.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
const isOptional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isRecordOf =
  (shape: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && wrongKey(value, shape) === undefined;

const isLayer = isRecordOf({
  archive: isFileName,
  strip: isCount,
  only: isOptional(isInside),
  into: isOptional(isInside),
});
const isKeptChange = isRecordOf({
  path: isInside,
  digest: isDigestText,
  mode: (mode) => mode === 'file' || mode === 'executable' || mode === 'link',
});
const isDeletion = isRecordOf({ path: isInside, mode: (mode) => mode === 'deleted' });

const isFileList = isListOf(isRecordOf({ path: isInside, digest: isDigestText }));

const SHAPES: Readonly<Record<SourceLayout['kind'], Readonly<Record<string, Check>>>> = {
  archives: { version: isOptional(isText), layers: isListOf(isLayer), series: isOptional(isInside) },
  local: { tree: isGitId, changed: isListOf((change) => isKeptChange(change) || isDeletion(change)) },
  installed: {
    program: isText,
    package: isOptional(isRecordOf({ name: isText, version: isText })),
    version: isText,
    digest: isDigestText,
    files: isFileList,
  },
  file: { version: isOptional(isText), digest: isDigestText, files: isFileList },
};

function whatIsWrong(value: unknown): string | undefined {
  if (!isRecord(value)) {
    return 'not a JSON object';
  }
  const shape = Object.entries(SHAPES).find(([kind]) => kind === value['kind'])?.[1];
  if (shape === undefined) {
    return `"kind" is ${JSON.stringify(value['kind'])}; right are ${Object.keys(SHAPES).join(', ')}`;
  }
  const key = wrongKey(value, shape);
  return key === undefined ? undefined : `"${key}" is wrong: ${JSON.stringify(value[key] ?? null).slice(0, 80)}`;
}

function wrongKey(
  record: Readonly<Record<string, unknown>>,
  shape: Readonly<Record<string, Check>>,
): string | undefined {
  return Object.entries(shape).find(([key, check]) => !check(record[key]))?.[0];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

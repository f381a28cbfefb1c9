import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { constants } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { type Digest, digestJson } from '../core/digest.js';
import type { DiskFull, FileTrouble, NotWritable } from '../core/failures/host.js';
import { byCodeUnit, type Json } from '../core/json.js';
import { failed, success, type Result } from '../core/result.js';

export type FileFailure = DiskFull | NotWritable | FileTrouble;

/**
 * Runs file-system work and turns what the system refuses into a failure: `disk-full`, `not-writable` or
 * `file-trouble`. Anything else that is thrown is a bug and goes on.
 */
export function attempt<T>(path: string, work: () => T): Result<T, FileFailure> {
  try {
    return success(work());
  } catch (error) {
    return failed(fileFailure(error, path));
  }
}

/** {@link attempt} for asynchronous work. */
export async function attemptAsync<T>(path: string, work: () => Promise<T>): Promise<Result<T, FileFailure>> {
  try {
    return success(await work());
  } catch (error) {
    return failed(fileFailure(error, path));
  }
}

/** The failure that a system error stands for; throws what is no system error. */
export function fileFailure(error: unknown, path: string): FileFailure {
  if (!isSystemError(error)) {
    throw error;
  }
  const where = error.path ?? path;
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { reason: 'disk-full', path: where };
    case 'EROFS':
      return { reason: 'not-writable', path: where, detail: 'the file system is read-only' };
    case 'EACCES':
    case 'EPERM':
      return { reason: 'not-writable', path: where, detail: ownership(where) };
    default:
      return { reason: 'file-trouble', path: where, code: error.code, detail: error.message };
  }
}

/** Tells whether an error came from the operating system. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}

function ownership(path: string): string {
  for (let folder = path; ; folder = dirname(folder)) {
    const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
    if (stat !== undefined) {
      return `${folder} belongs to user ${stat.uid} with mode ${(stat.mode & 0o7777).toString(8)}`;
    }
    if (folder === dirname(folder)) {
      return 'permission denied';
    }
  }
}

/**
 * Writes a file so that a reader sees either the old bytes or the new ones, whenever we are killed.
 * The parent folder has to exist.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o644): void {
  const staged = `${path}.${uniqueSuffix()}.tmp`;
  try {
    fs.writeFileSync(staged, content, { mode });
    fs.renameSync(staged, path);
  } catch (error) {
    fs.rmSync(staged, { force: true });
    throw error;
  }
}

/** A suffix that no other process picks: for staging beside the final place. */
export function uniqueSuffix(): string {
  return `${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** A text file's content, or `undefined` where there is no such file. */
export function readTextIfThere(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw error;
  }
}

/** A JSON file's value; `undefined` where there is none or where it is torn. */
export function readJsonIfThere(path: string): Json | undefined {
  const text = readTextIfThere(path);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

const BLOCK = 1024 * 1024;

/** The SHA-256 of a file's bytes, read in blocks. Throws system errors. */
export function digestFile(path: string): Digest {
  const descriptor = fs.openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    const block = Buffer.allocUnsafe(Math.min(BLOCK, fs.fstatSync(descriptor).size + 1));
    for (let read = fs.readSync(descriptor, block); read > 0; read = fs.readSync(descriptor, block)) {
      hash.update(block.subarray(0, read));
    }
    return hash.digest('hex') as Digest;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Copies a file, sharing its blocks where the file system can. Keeps the execute bit. */
export function copyFile(from: string, to: string): void {
  fs.copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/** One file or symbolic link of a folder. */
export interface FolderEntry {
  /** Relative, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'link';
}

/** Every file and link below a folder, in code-unit order of their relative paths. Throws system errors. */
export function listFolder(folder: string): FolderEntry[] {
  const entries: FolderEntry[] = [];
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isDirectory()) {
      const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
      entries.push({ path, kind: entry.isSymbolicLink() ? 'link' : 'file' });
    }
  }
  return entries.sort((a, b) => byCodeUnit(a.path, b.path));
}

/** The names in a folder of the machine's; none where it is missing or may not be read. */
export function namesIfReadable(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** One line of a folder's manifest. Its digest stands for the whole folder. */
export interface ManifestEntry {
  readonly path: string;
  /** Of the bytes; of a link's target for a link. */
  readonly digest: Digest;
  readonly mode: 'file' | 'executable' | 'link';
}

/** The digest that stands for a folder: of its manifest's canonical JSON. */
export function digestManifest(entries: readonly ManifestEntry[]): Digest {
  return digestJson('folder', entries as unknown as Json);
}

/** Removes a file or folder with all that is in it; nothing there is no trouble. */
export function remove(path: string): void {
  fs.rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/** A new empty folder of our own below `parent`, which is made when missing. */
export function freshFolder(parent: string, prefix: string): string {
  fs.mkdirSync(parent, { recursive: true });
  const folder = join(parent, `${prefix}${uniqueSuffix()}`);
  fs.mkdirSync(folder);
  return folder;
}

/**
 * Puts a folder in a place in one rename, whatever was there before: the old one is moved aside first and removed after.
 */
export function replaceFolder(from: string, to: string): void {
  const aside = join(dirname(to), `.${basename(to)}.${uniqueSuffix()}.old`);
  if (fs.existsSync(to)) {
    fs.renameSync(to, aside);
  }
  fs.renameSync(from, to);
  remove(aside);
}

/**
 * Makes a folder and those above it, where they are not there. Folder by folder: on /proc and its like Node's own
 * recursion never ends. Throws system errors.
 */
export function makeFolder(folder: string): void {
  if (!fs.existsSync(folder)) {
    makeFolder(dirname(folder));
    fs.mkdirSync(folder);
  }
}

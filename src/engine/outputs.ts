import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { digestBytes, type Digest } from '../core/digest.js';
import type { OutputMissing } from '../core/failures/build.js';
import { failed, success, type Result } from '../core/result.js';
import type { OutputSpec } from '../core/step.js';
import {
  attempt,
  copyFile,
  digestFile,
  digestManifest,
  listFolder,
  uniqueSuffix,
  writeFileAtomically,
  type FileFailure,
  type ManifestEntry,
} from '../system/files.js';
import type { DigestMemory } from './digest-memory.js';
import type { OutputRecord } from './record.js';
import type { Workspace } from './workspace.js';

/**
 * Outputs have three places: `staging`, where a step makes them; `objects`, where each file lies under its digest;
 * and `out`, where they lie for use. Every move between them is one rename, and every digest is of bytes that were read.
 */

/** Where an object lies. */
export function objectPath(workspace: Workspace, digest: Digest): string {
  return join(workspace.objects, digest.slice(0, 2), digest);
}

/** Digests what a step has made in its staging folder. Fails with `output-missing` where something is not there. */
export function captureOutputs(
  staged: string,
  outputs: Readonly<Record<string, OutputSpec>>,
): Result<Record<string, OutputRecord>, OutputMissing | FileFailure> {
  const records: Record<string, OutputRecord> = {};
  for (const [name, spec] of Object.entries(outputs)) {
    const path = join(staged, spec.path);
    const record = attempt(path, () => captureOutput(path, spec));
    if (!record.ok) {
      return record;
    }
    if (record.value === undefined) {
      return failed({ reason: 'output-missing', output: name, path: spec.path });
    }
    records[name] = record.value;
  }
  return success(records);
}

function captureOutput(path: string, spec: OutputSpec): OutputRecord | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (spec.kind === 'file') {
    return stat?.isFile() ? fileRecord(path, spec.path) : undefined;
  }
  return stat?.isDirectory() ? folderRecord(path, spec.path) : undefined;
}

function fileRecord(path: string, relative: string): OutputRecord {
  const entry = manifestEntry(path, '');
  return { kind: 'file', path: relative, digest: entry.digest, bytes: lstatSync(path).size, files: [entry] };
}

function folderRecord(path: string, relative: string): OutputRecord {
  const files = listFolder(path).map((entry) => manifestEntry(join(path, entry.path), entry.path));
  const bytes = files.reduce((sum, file) => sum + lstatSync(join(path, file.path)).size, 0);
  return { kind: 'folder', path: relative, digest: digestManifest(files), bytes, files };
}

function manifestEntry(file: string, path: string): ManifestEntry {
  const stat = lstatSync(file);
  if (stat.isSymbolicLink()) {
    return { path, digest: digestBytes(readlinkSync(file)), mode: 'link' };
  }
  return { path, digest: digestFile(file), mode: (stat.mode & 0o100) === 0 ? 'file' : 'executable' };
}

/**
 * Moves captured files from staging into the objects. An object that is there already is replaced:
 * the new bytes were just digested, the old ones perhaps long ago.
 */
export function storeOutputs(
  workspace: Workspace,
  staged: string,
  outputs: Readonly<Record<string, OutputRecord>>,
): void {
  for (const output of Object.values(outputs)) {
    for (const file of output.files) {
      storeFile(workspace, join(staged, output.path, file.path), file);
    }
  }
}

function storeFile(workspace: Workspace, from: string, file: ManifestEntry): void {
  const object = objectPath(workspace, file.digest);
  mkdirSync(dirname(object), { recursive: true });
  if (file.mode === 'link') {
    writeFileAtomically(object, readlinkSync(from), 0o444);
    return;
  }
  chmodSync(from, 0o444);
  if (lstatSync(from).nlink > 1) {
    // Somebody else holds these bytes under another name and could write to them: the object gets a copy of its own.
    const copy = `${object}.${uniqueSuffix()}.tmp`;
    copyFile(from, copy);
    rmSync(from);
    renameSync(copy, object);
    return;
  }
  renameSync(from, object);
}

/** Puts a text into the objects and gives its digest: for logs. */
export function storeText(workspace: Workspace, text: string): Digest {
  const digest = digestBytes(text);
  const object = objectPath(workspace, digest);
  if (!existsSync(object)) {
    mkdirSync(dirname(object), { recursive: true });
    writeFileAtomically(object, text, 0o444);
  }
  return digest;
}

/** Where outputs are placed, and with what. */
export interface Placement {
  readonly workspace: Workspace;
  /** `out/<recipe>/<verb>-<component>`. */
  readonly folder: string;
  readonly outputs: Readonly<Record<string, OutputRecord>>;
  readonly digests: DigestMemory;
}

/** Tells whether the outputs lie in place, whole and unchanged, with nothing else among them. */
export function outputsInPlace(placement: Placement): boolean {
  return Object.values(placement.outputs).every((output) => {
    const path = join(placement.folder, output.path);
    const listed = output.kind === 'file' ? true : sameNames(path, output.files);
    return listed && output.files.every((file) => fileInPlace(join(path, file.path), file, placement.digests));
  });
}

function sameNames(folder: string, files: readonly ManifestEntry[]): boolean {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return false;
  }
  const found = listFolder(folder);
  return found.length === files.length && found.every((entry, index) => entry.path === files[index]?.path);
}

function fileInPlace(path: string, file: ManifestEntry, digests: DigestMemory): boolean {
  if (file.mode === 'link') {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat?.isSymbolicLink() === true && digestBytes(readlinkSync(path)) === file.digest;
  }
  const own = digests.ownFile(path);
  return own?.digest === file.digest && own.executable === (file.mode === 'executable');
}

/**
 * Copies the outputs from the objects into place, checking every byte on the way: all of them or none.
 * Gives the digest of the first object that is missing or damaged, or `undefined` when all went well.
 */
export function placeOutputs(placement: Placement): Digest | undefined {
  const { workspace, folder } = placement;
  const staged = join(workspace.staging, `place-${uniqueSuffix()}`);
  for (const output of Object.values(placement.outputs)) {
    mkdirSync(output.kind === 'folder' ? join(staged, output.path) : dirname(join(staged, output.path)), {
      recursive: true,
    });
    for (const file of output.files) {
      if (!placeFile(workspace, file, join(staged, output.path, file.path))) {
        rmSync(staged, { recursive: true });
        return file.digest;
      }
    }
  }
  swapFolder(workspace, staged, folder);
  learnPlaced(placement);
  return undefined;
}

function placeFile(workspace: Workspace, file: ManifestEntry, to: string): boolean {
  const object = objectPath(workspace, file.digest);
  if (!existsSync(object)) {
    return false;
  }
  mkdirSync(dirname(to), { recursive: true });
  copyFile(object, to);
  if (digestFile(to) !== file.digest) {
    return false;
  }
  if (file.mode === 'link') {
    replaceByLink(to);
  } else {
    chmodSync(to, file.mode === 'executable' ? 0o755 : 0o644);
  }
  return true;
}

function replaceByLink(path: string): void {
  const target = readFileSync(path, 'utf8');
  rmSync(path);
  symlinkSync(target, path);
}

/** Puts a finished folder in its place; what was there goes to staging, which is emptied later. */
function swapFolder(workspace: Workspace, staged: string, folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const aside = join(workspace.staging, `old-${uniqueSuffix()}`);
  if (existsSync(folder)) {
    renameSync(folder, aside);
  }
  renameSync(staged, folder);
  rmSync(aside, { recursive: true, force: true });
}

function learnPlaced(placement: Placement): void {
  for (const output of Object.values(placement.outputs)) {
    for (const file of output.files) {
      if (file.mode !== 'link') {
        placement.digests.learn(join(placement.folder, output.path, file.path), file.digest);
      }
    }
  }
}

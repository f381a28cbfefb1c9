import { chmodSync, mkdirSync, readFileSync, readlinkSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestBytes, type Digest } from '../../core/digest.js';
import { remove, uniqueSuffix } from '../../system/files.js';
import { modeOf, statOf } from './path.js';
import type { FileMode } from './state.js';

/** A file's bytes and what it is. The bytes of a link are its target's text. */
export interface FileContent {
  readonly mode: FileMode;
  readonly bytes: Buffer;
}

/** What lies at a path; `undefined` where there is no file or link. Throws system errors. */
export function readContent(path: string): FileContent | undefined {
  const mode = modeOf(statOf(path));
  if (mode === undefined) {
    return undefined;
  }
  return { mode, bytes: mode === 'link' ? Buffer.from(readlinkSync(path)) : readFileSync(path) };
}

/** Puts content at a path in one rename. `scratch` is a folder of the same file system. Throws system errors. */
export function placeContent(path: string, content: FileContent, scratch: string): void {
  const staged = join(scratch, uniqueSuffix());
  mkdirSync(scratch, { recursive: true });
  if (content.mode === 'link') {
    symlinkSync(content.bytes.toString(), staged);
  } else {
    writeFileSync(staged, content.bytes);
    chmodSync(staged, content.mode === 'executable' ? 0o755 : 0o644);
  }
  mkdirSync(dirname(path), { recursive: true });
  if (statOf(path)?.isDirectory() === true) {
    remove(path);
  }
  renameSync(staged, path);
}

/** Whether two contents are the same file. */
export function sameContent(one: FileContent | undefined, other: FileContent | undefined): boolean {
  if (one === undefined || other === undefined) {
    return one === other;
  }
  return one.mode === other.mode && one.bytes.equals(other.bytes);
}

/** The SHA-256 of a content's bytes. */
export function digestContent(content: FileContent): Digest {
  return digestBytes(content.bytes);
}

import { join } from 'node:path';
import type { Digest } from '../../core/digest.js';
import type { FileTrouble } from '../../core/failures/host.js';
import { byCodeUnit } from '../../core/json.js';
import { failed, success, type Result } from '../../core/result.js';
import { mkdirSync, writeFileSync } from 'node:fs';
import { attempt, readJsonIfThere, type FileFailure } from '../../system/files.js';
import { changedFile, type LocalLayout } from '../source-layout.js';
import { digestContent, placeContent, type FileContent } from './content.js';
import type { FileMode, OverlayMark } from './state.js';

/** What lies over a file of the base, and where its bytes are. */
export type OverlayFile =
  { readonly mode: FileMode; readonly digest: Digest; readonly from: string } | { readonly mode: 'deleted' };

/** Path -> what lies over the base's file. */
export type Overlay = ReadonlyMap<string, OverlayFile>;

/** What `patched.json` of the output `patched` says: the files that patches touch. Their bytes lie in `files/`. */
interface PatchedFile {
  readonly path: string;
  readonly mode: FileMode | 'deleted';
  readonly digest?: Digest;
}

const PATCHED_FILE = 'patched.json';

/** Writes the output `patched`: the bytes of every file that patches touched, and which files they removed. */
export function writePatched(
  folder: string,
  files: ReadonlyMap<string, FileContent | undefined>,
): Result<void, FileFailure> {
  return attempt(folder, () => {
    mkdirSync(folder, { recursive: true });
    const listed = [...files]
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([path, content]): PatchedFile => {
        if (content === undefined) {
          return { path, mode: 'deleted' };
        }
        placeContent(join(folder, 'files', path), content, join(folder, 'files'));
        return { path, mode: content.mode, digest: digestContent(content) };
      });
    writeFileSync(join(folder, PATCHED_FILE), `${JSON.stringify({ files: listed }, undefined, 2)}\n`);
  });
}

/** Reads the output `patched` as an overlay. Fails with `file-trouble` when it is not one. */
export function readPatched(folder: string): Result<Overlay, FileFailure> {
  const path = join(folder, PATCHED_FILE);
  const read = attempt(path, () => readJsonIfThere(path));
  if (!read.ok) {
    return read;
  }
  const { files } = (read.value ?? {}) as { files?: readonly PatchedFile[] };
  if (files === undefined) {
    const trouble: FileTrouble = { reason: 'file-trouble', path, code: 'EINVAL', detail: 'no list of patched files' };
    return failed(trouble);
  }
  return success(new Map(files.map((file) => [file.path, overlayFile(file, join(folder, 'files', file.path))])));
}

/** The uncommitted changes of a local working tree as an overlay; `folder` is the output `source`. */
export function localOverlay(layout: LocalLayout, folder: string): Overlay {
  return new Map(layout.changed.map((file) => [file.path, overlayFile(file, changedFile(folder, file.path))]));
}

function overlayFile(
  file: { readonly mode: FileMode | 'deleted'; readonly digest?: Digest },
  from: string,
): OverlayFile {
  return file.mode === 'deleted' || file.digest === undefined
    ? { mode: 'deleted' }
    : { mode: file.mode, digest: file.digest, from };
}

/** What is remembered of an overlay. */
export function marksOf(overlay: Overlay): Record<string, OverlayMark> {
  return Object.fromEntries(
    [...overlay].map(([path, file]) => [
      path,
      file.mode === 'deleted' ? { mode: file.mode } : { mode: file.mode, digest: file.digest },
    ]),
  );
}

/** Whether an overlay's file is what is remembered. */
export function sameMark(one: OverlayMark | undefined, other: OverlayMark | undefined): boolean {
  if (one === undefined || other === undefined) {
    return one === other;
  }
  return one.mode === other.mode && ('digest' in one ? one.digest : '') === ('digest' in other ? other.digest : '');
}

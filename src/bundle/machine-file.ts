import { statSync } from 'node:fs';
import type { Digest } from '../core/digest.js';
import type { BundleIncomplete } from '../core/failures/bundle.js';
import { failed, success, type Result } from '../core/result.js';
import { attempt, digestFile, type FileFailure } from '../system/files.js';
import type { TarFile } from '../system/tar-writer.js';

/** A file of this machine that goes into a bundle. */
export interface MachineFile {
  /** Absolute. */
  readonly file: string;
  /** Path in the bundle. */
  readonly to: string;
  readonly executable?: boolean;
  /** Digest that it had when it was used, where that is known. */
  readonly was?: Digest;
}

/** Digests it. Fails with `bundle-incomplete` where it is not what was used, and with file failures. */
export function machineFile(
  { file, to, executable = false, was }: MachineFile,
  command: string,
): Result<TarFile, BundleIncomplete | FileFailure> {
  const found = attempt(file, () => ({ bytes: statSync(file).size, digest: digestFile(file) }));
  if (!found.ok) {
    return found;
  }
  if (was !== undefined && was !== found.value.digest) {
    const detail = 'it is not the file any more that was used then';
    return failed({ reason: 'bundle-incomplete', missing: file, detail, command });
  }
  return success({ path: to, executable, ...found.value, content: { file } });
}

/** All of them, or the first failure. */
export function machineFiles(
  files: readonly MachineFile[],
  command: string,
): Result<TarFile[], BundleIncomplete | FileFailure> {
  const found: TarFile[] = [];
  for (const file of files) {
    const one = machineFile(file, command);
    if (!one.ok) {
      return one;
    }
    found.push(one.value);
  }
  return success(found);
}

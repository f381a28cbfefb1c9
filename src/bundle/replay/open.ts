import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import { attempt, freshFolder, namesIfReadable, remove } from '../../system/files.js';
import { unpackTarGz } from '../../system/tar-unpack.js';
import type { NamedKey } from '../../system/keys.js';
import { verifyBundle, type VerifiedBundle } from '../verify.js';

/** A bundle that is to be measured. */
export interface OpenRequest {
  /** Absolute path of the archive, or of the folder that it was unpacked to. */
  readonly file: string;
  /** The key that has to have signed it. */
  readonly key?: NamedKey;
  /** Folder below which an archive is unpacked; made when missing. */
  readonly below: string;
  readonly signal: AbortSignal;
}

/** A bundle that is what it says, and lies unpacked. */
export interface OpenBundle extends VerifiedBundle {
  /** Absolute. */
  readonly folder: string;
  /** Removes what was unpacked; a folder that was there stays. */
  close(): void;
}

const PREFIX = 'bundle-';

/**
 * Verifies a bundle and unpacks it into a fresh folder. What lies there is verified once more, so that nothing is run
 * that was put into the archive's place meanwhile. A folder is used as it is. Fails as `verifyBundle` and
 * `unpackTarGz` do; nothing is left of what could not be unpacked.
 */
export async function openBundle({ file, key, below, signal }: OpenRequest): Promise<Result<OpenBundle, Failure>> {
  const wish = { signal, ...(key && { key }) };
  const verified = await verifyBundle({ file, ...wish });
  if (!verified.ok) {
    return verified;
  }
  if (statSync(file).isDirectory()) {
    return success({ ...verified.value, folder: file, close: () => undefined });
  }
  const made = attempt(below, () => {
    removeLeftovers(below);
    return freshFolder(below, PREFIX);
  });
  if (!made.ok) {
    return made;
  }
  const folder = made.value;
  const close = (): void => remove(folder);
  const unpacked = await unpackTarGz({ file, folder, signal });
  const again = unpacked.ok ? await verifyBundle({ file: folder, ...wish }) : unpacked;
  if (!again.ok) {
    close();
    return again;
  }
  return success({ ...again.value, folder, close });
}

/** Removes what replays unpacked that were killed: each folder has the number of its process in its name. */
function removeLeftovers(below: string): void {
  for (const name of namesIfReadable(below)) {
    const pid = /^bundle-(\d+)-[0-9a-f]+$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      remove(join(below, name));
    }
  }
}

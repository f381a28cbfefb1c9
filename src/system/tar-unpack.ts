import type { ReadEntry } from 'tar';
import type { ArchiveBroken, Interrupted } from '../core/failures/build.js';
import { done, failed, type Result } from '../core/result.js';
import { attemptAsync, isSystemError, type FileFailure } from './files.js';

/** An archive that is to be unpacked by Node alone. */
export interface TarUnpacking {
  /** Gzipped tar, absolute. */
  readonly file: string;
  /** A folder that is there and empty, absolute. Files go there without the first folder of their paths. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Unpacks the files of a gzipped tar; anything else in it is left out. No program of this machine is needed. Owners and
 * times are dropped, and of the modes all but whether it is executable. What was written when it fails stays.
 * Fails with `archive-broken`, `interrupted` and file failures.
 */
export async function unpackTarGz(
  unpacking: TarUnpacking,
): Promise<Result<void, ArchiveBroken | Interrupted | FileFailure>> {
  const { folder, signal } = unpacking;
  const unpacked = await attemptAsync(folder, () => extract(unpacking));
  if (signal.aborted) {
    return failed({ reason: 'interrupted' });
  }
  return unpacked.ok ? unpacked.value : unpacked;
}

async function extract({ file, folder, signal }: TarUnpacking): Promise<Result<void, ArchiveBroken>> {
  const { extract: extractTar } = await import('tar');
  try {
    await extractTar({
      ...{ file, cwd: folder, strip: 1, strict: true, preserveOwner: false, noMtime: true },
      filter: (_path, entry) => !signal.aborted && 'type' in entry && isPlainFile(entry),
    });
    return done;
  } catch (error) {
    if (isSystemError(error) && !error.code.startsWith('Z_')) {
      throw error;
    }
    const detail = error instanceof Error ? error.message : String(error);
    return failed({ reason: 'archive-broken', file, detail });
  }
}

/** Tells a file, and gives it a mode that nobody but its owner can write with. */
function isPlainFile(entry: ReadEntry): boolean {
  entry.mode = ((entry.mode ?? 0) & 0o100) === 0 ? 0o644 : 0o755;
  return entry.type === 'File' || entry.type === 'OldFile';
}

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepContext } from '../../core/step.js';
import { remove } from '../../system/files.js';

/**
 * There while a series that was begun anew on demand (`--force`) has not come to its end: the same demand then goes on
 * with it, and does not begin once more.
 */
const BEGUN_ANEW = 'begun-anew';

/** Opens the folder of a series: what it holds is gone on with, unless a new series is asked for. Throws system errors. */
export function beginSeries({ resumeFolder, clean, forced }: StepContext): void {
  const marker = join(resumeFolder, BEGUN_ANEW);
  if (clean || (forced && !existsSync(marker))) {
    // Names with a dot are not ours.
    const own = readdirSync(resumeFolder).filter((name) => !name.startsWith('.'));
    own.forEach((name) => remove(join(resumeFolder, name)));
  }
  if (forced) {
    writeFileSync(marker, '');
  }
}

/** Every boot that was asked for is in it. Throws system errors. */
export function endSeries(resumeFolder: string): void {
  remove(join(resumeFolder, BEGUN_ANEW));
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PatchSeriesMissing } from '../../core/failures/build.js';
import { byCodeUnit } from '../../core/json.js';
import { failed, success, type Result } from '../../core/result.js';
import { listFolder } from '../../system/files.js';

/** A patch of a quilt series: its file, relative to the series' folder, and how much is stripped from its names. */
export interface SeriesEntry {
  readonly file: string;
  readonly strip: number;
}

/** Reads a quilt `series` file: a patch a line, options after it, `#` before a remark. */
export function parseSeries(text: string): SeriesEntry[] {
  return text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [file = '', ...options] = line.split(/\s+/);
      const strip = options.map((option) => /^-p(\d+)$/.exec(option)?.[1]).find((level) => level !== undefined);
      return { file, strip: Number(strip ?? 1) };
    });
}

/** Every patch of a folder of ours with one folder a version, in code-unit order: paths relative to `folder`. */
export function patchesOfSeries(folder: string): string[] {
  try {
    return listFolder(folder)
      .map(({ path }) => path)
      .filter((path) => path.endsWith('.patch'));
  } catch {
    return [];
  }
}

/**
 * The patches for a version: those of the newest version's folder that is not newer than it.
 * Fails with `patch-series-missing`, which names the versions there are.
 */
export function pickSeries(folder: string, series: string, version: string): Result<string[], PatchSeriesMissing> {
  const known = versionsOf(folder);
  const picked = known.filter((name) => compareVersions(name, version) <= 0).at(-1);
  if (picked === undefined || !/^\d/.test(version)) {
    return failed({ reason: 'patch-series-missing', series, version, known });
  }
  return success(
    patchesOfSeries(join(folder, picked))
      .sort(byCodeUnit)
      .map((file) => `${picked}/${file}`),
  );
}

function versionsOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+(\.\d+)*$/.test(name))
      .sort(compareVersions);
  } catch {
    return [];
  }
}

/** Orders `5.10` after `5.9`. Whatever follows the numbers (`-rc1`) does not count. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => (/^[\d.]*/.exec(version)?.[0] ?? '').split('.').map(Number));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index += 1) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

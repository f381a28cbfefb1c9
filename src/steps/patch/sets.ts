import { basename, join } from 'node:path';
import type { PatchEntry, RecipeComponent } from '../../recipe/schema.js';
import { packageFolder } from '../../system/environment.js';
import { patchesOfSeries } from './series.js';

/** Tells whether a component has a configuration of its own, which some patches have a say in. */
export function isConfigured({ build }: RecipeComponent): boolean {
  return build?.system === 'kbuild';
}

/** An entry of the recipe's list: a file, or a folder of ours with one folder a version. */
export interface PatchSet {
  readonly label: string;
  readonly series?: string;
  /** Label -> absolute path of every file that may be read. */
  readonly files: ReadonlyMap<string, string>;
}

/** What an entry of the recipe's list stands for. */
export function patchSet(entry: PatchEntry, index: number): PatchSet {
  if (typeof entry === 'string' || 'shipped' in entry) {
    const path = typeof entry === 'string' ? entry : seriesFolder(entry.shipped);
    const label = `${String(index + 1).padStart(2, '0')}-${basename(path)}`;
    return { label, files: new Map([[label, path]]) };
  }
  const folder = seriesFolder(entry.series);
  const files = patchesOfSeries(folder).map((path) => [`${entry.series}/${path}`, join(folder, path)] as const);
  return { label: `series ${entry.series}`, series: entry.series, files: new Map(files) };
}

/** Where a series or a patch of ours lies. */
export function seriesFolder(series: string): string {
  return join(packageFolder, 'src/patches', series);
}

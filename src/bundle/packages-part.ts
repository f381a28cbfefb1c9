import { byCodeUnit } from '../core/json.js';
import { packagesOwning } from '../system/package-owners.js';
import type { BundledPackage } from './bundle-document.js';

/** The packages that files of a bundle are from, in code-unit order of their names. */
export async function packagesOf(
  origins: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<readonly BundledPackage[]> {
  const owners = await packagesOwning([...new Set(origins.values())].sort(byCodeUnit), signal);
  const packages = new Map<string, BundledPackage & { files: string[] }>();
  for (const [place, file] of [...origins].sort(([a], [b]) => byCodeUnit(a, b))) {
    const owner = owners.get(file);
    if (owner !== undefined) {
      const key = `${owner.name} ${owner.version} ${owner.architecture ?? ''}`;
      const known = packages.get(key) ?? { ...owner, files: [] };
      known.files.push(place);
      packages.set(key, known);
    }
  }
  return [...packages].sort(([a], [b]) => byCodeUnit(a, b)).map(([, each]) => each);
}

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What lies in each folder of a workspace, one level down or two. */
const INSIDE: Readonly<Record<string, readonly RegExp[]>> = {
  cache: [/^(objects|records)$/, /^[0-9a-f]{2}$/],
  out: [/^/, /^(pin|fetch|patch|configure|make)-[a-z-]+$|^(probe|measure|report|compare|sweep)$/],
  state: [/^(last|recipes|resume|shared)$|^(digests|tools)\.json$/],
  trees: [/^[a-z]+-[0-9a-f]{16}$/],
  downloads: [/^[0-9a-f]{64}(\..+)?$|^git-[0-9a-f]{40}\.git$/],
  ccache: [/^(compilations(-of-others)?|compilers)$/],
  apt: [/^(apt\.conf|cache|lists|sources|state)$/],
  runs: [/^\d{8}T\d{6}Z-.+-[0-9a-f]{4}$|^\.?latest\b/],
  sweeps: [/^\d{8}T\d{6}Z-.+-[0-9a-f]{4}$|^\.?latest\b/],
  staging: [/^(step|place|old)-/],
  unpacked: [/^bundle-/],
};

/**
 * The first thing, as a path below the folder, that does not look as if a bootlap had put it there; `undefined` where
 * all does. A workspace of which parts were brought from elsewhere, as a CI cache does, lacks only the file that says
 * what it is. Throws system errors.
 */
export function foreignIn(folder: string, names: readonly string[]): string | undefined {
  for (const name of names) {
    const levels = Object.hasOwn(INSIDE, name) ? INSIDE[name] : undefined;
    const foreign = levels === undefined ? name : foreignBelow(folder, name, levels);
    if (foreign !== undefined) {
      return foreign;
    }
  }
  return undefined;
}

function foreignBelow(folder: string, path: string, [known, ...deeper]: readonly RegExp[]): string | undefined {
  if (known === undefined || !existsSync(join(folder, path))) {
    return undefined;
  }
  for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
    const below = join(path, entry.name);
    const isRight = known.test(entry.name) && (deeper.length === 0 || entry.isDirectory());
    const foreign = isRight ? foreignBelow(folder, below, deeper) : below;
    if (foreign !== undefined) {
      return foreign;
    }
  }
  return undefined;
}

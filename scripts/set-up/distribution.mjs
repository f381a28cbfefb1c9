/** Which distribution this is, and the commands that install packages on it. */

import { readFileSync } from 'node:fs';

/** The family of this distribution, by ID and then ID_LIKE of os-release(5): `debian`; `undefined` where unknown. */
export function distributionFamily(families, osRelease = readOsRelease()) {
  const words = ['ID', 'ID_LIKE'].flatMap((key) => valueOf(osRelease, key).split(' '));
  for (const word of words) {
    const known = Object.entries(families).find(([, family]) => family.ids.includes(word));
    if (known !== undefined) {
      return known[0];
    }
  }
  return undefined;
}

/** The packages for needs on a family, each once, in the order of the needs. */
export function packagesFor(needs, family) {
  return [...new Set(needs.flatMap((need) => (need.packages[family] ?? '').split(' ')))].filter((name) => name !== '');
}

function readOsRelease() {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // The other place is tried; where neither is, the distribution is unknown.
    }
  }
  return '';
}

function valueOf(text, key) {
  return new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(text)?.[1] ?? '';
}

import { byCodeUnit } from '../../core/json.js';

/** Variables as arguments of make, in one order. */
export function assignments(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${name}=${value}`);
}

/** Options that keep the tree's absolute path out of what a C compiler makes. */
export function pathIndependent(source: string): string[] {
  return [`-ffile-prefix-map=${source}=.`];
}

import { nearest } from '../core/nearest.js';
import type { KeyPath } from './located.js';

/** Something in a recipe that is well-formed by itself and does not fit the rest. */
export interface Fault {
  readonly path: KeyPath;
  /** What is there. */
  readonly found: string;
  /** What would be right. */
  readonly expected: string;
  /** The right name that is nearest to a wrong one. */
  readonly nearest?: string;
}

/** A name that is none of those that are known. */
export function misnamed(
  path: KeyPath,
  name: string,
  { known, expected }: { readonly known: readonly string[]; readonly expected: string },
): Fault {
  const near = nearest(name, known);
  return { path, found: JSON.stringify(name), expected, ...(near === undefined ? {} : { nearest: near }) };
}

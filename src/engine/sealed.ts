import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { digestBytes } from '../core/digest.js';
import type { Json } from '../core/json.js';
import { readTextIfThere, writeFileAtomically } from '../system/files.js';

/**
 * A sealed file is JSON behind a line with its own SHA-256. A torn, truncated or flipped one does not match its seal
 * and counts as not there: what it said is found out again.
 */

/** Writes a sealed file in one atomic step, with its parent folder. */
export function writeSealed(path: string, value: Json): void {
  const text = JSON.stringify(value);
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomically(path, `${digestBytes(text)}\n${text}\n`);
}

/** What a sealed file says: its value, or that it is `missing`, or `damaged`. */
export type Unsealed = { readonly value: Json } | 'missing' | 'damaged';

/** Reads a sealed file. */
export function readSealed(path: string): Unsealed {
  const text = readTextIfThere(path);
  if (text === undefined) {
    return 'missing';
  }
  const end = text.indexOf('\n');
  const body = text.slice(end + 1, -1);
  if (end !== 64 || !text.endsWith('\n') || digestBytes(body) !== text.slice(0, end)) {
    return 'damaged';
  }
  return { value: JSON.parse(body) as Json };
}

/** Reads a sealed file for which missing and damaged are the same. */
export function readSealedIfSound(path: string): Json | undefined {
  const unsealed = readSealed(path);
  return typeof unsealed === 'string' ? undefined : unsealed.value;
}

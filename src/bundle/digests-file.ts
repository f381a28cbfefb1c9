import { isDigest, type Digest } from '../core/digest.js';
import { byCodeUnit } from '../core/json.js';
import type { TarFile } from '../system/tar-writer.js';

/** `SHA256SUMS`, as `sha256sum` writes and checks it: every file but itself, in code-unit order. */
export function digestsText(files: readonly Pick<TarFile, 'path' | 'digest'>[]): string {
  return [...files]
    .sort((a, b) => byCodeUnit(a.path, b.path))
    .map(({ path, digest }) => `${digest}  ${path}\n`)
    .join('');
}

/** Path -> digest; of a line that is none, its number (from 1). */
export function parseDigests(text: string): ReadonlyMap<string, Digest> | number {
  const digests = new Map<string, Digest>();
  const lines = text.split('\n');
  if (lines.pop() !== '') {
    return lines.length + 1;
  }
  for (const [index, line] of lines.entries()) {
    const [, digest = '', path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (!isDigest(digest) || digests.has(path)) {
      return index + 1;
    }
    digests.set(path, digest);
  }
  return digests;
}

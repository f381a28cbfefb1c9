import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestJson, type Digest } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import type { Result } from '../../core/result.js';
import type { Component } from '../../core/step.js';
import {
  attempt,
  digestFile,
  listFolder,
  readJsonIfThere,
  writeFileAtomically,
  type FileFailure,
} from '../../system/files.js';

/** What was known of a fetch output when its digest was last taken. */
interface Remembered {
  readonly stamp: Digest;
  readonly identity: Digest;
}

/**
 * The digest of a fetch output's files, by which its kept tree is named. Taking it means to read archives of hundreds
 * of megabytes; so it is remembered together with the files' sizes, times and inodes.
 */
export function sourceIdentity(trees: string, component: Component, folder: string): Result<Digest, FileFailure> {
  return attempt(folder, () => {
    const memory = join(trees, `${component}.source.json`);
    const paths = listFolder(folder).map(({ path }) => path);
    const stamp = digestJson(
      'source stamp',
      paths.map((path) => stampOf(folder, path)),
    );
    const remembered = readJsonIfThere(memory) as Remembered | null | undefined;
    if (remembered?.stamp === stamp) {
      return remembered.identity;
    }
    const identity = digestJson(
      'source',
      paths.map((path) => [path, digestFile(join(folder, path))]),
    );
    mkdirSync(trees, { recursive: true });
    writeFileAtomically(memory, JSON.stringify({ stamp, identity } satisfies Remembered));
    return identity;
  });
}

function stampOf(folder: string, path: string): Json {
  const { size, mtimeNs, ctimeNs, ino } = lstatSync(join(folder, path), { bigint: true });
  return [path, ...[size, mtimeNs, ctimeNs, ino].map(String)];
}

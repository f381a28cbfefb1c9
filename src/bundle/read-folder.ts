import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { BundleProblem } from '../core/failures/bundle.js';
import { attempt, digestFile, type FileFailure } from '../system/files.js';
import type { Result } from '../core/result.js';
import type { ReadTar, ReadTarEntry } from '../system/tar-reader.js';
import { bundleName, PLACES, type BundleDocument } from './bundle-document.js';

/** Beyond this a document is none. */
const LONGEST_TEXT = 64 * 1024 ** 2;

/**
 * Reads the folder of an unpacked bundle as {@link import('../system/tar-reader.js').readTarGz} reads an archive: every
 * file is digested, links are not followed. What the folder itself is called does not count.
 */
export function readBundleFolder(folder: string, wantsText: (path: string) => boolean): Result<ReadTar, FileFailure> {
  return attempt(folder, () => ({ entries: entriesBelow(folder, topName(folder), wantsText) }));
}

/**
 * What is wrong with a folder in which no bundle lies, so that nothing else of it need be read: it may be as large as a
 * disk. `undefined` where there is a `bundle.json`.
 */
export function noBundleIn(folder: string): BundleProblem | undefined {
  const names = attempt(folder, () => readdirSync(folder));
  // One that cannot be read is told when it is.
  if (!names.ok || names.value.includes(PLACES.document)) {
    return undefined;
  }
  const bundles = names.value.filter((name) => existsSync(join(folder, name, PLACES.document)));
  const where = bundles.length === 0 ? '' : `; there is one in ${bundles.slice(0, SHOWN_FOLDERS).join(', ')}`;
  return { file: PLACES.document, detail: `it is missing, so this is not the folder of an unpacked bundle${where}` };
}

const SHOWN_FOLDERS = 3;

/** The name that the folder had in the archive, as far as its document tells. */
function topName(folder: string): string {
  try {
    return bundleName(JSON.parse(readFileSync(join(folder, PLACES.document), 'utf8')) as BundleDocument);
  } catch {
    // That the document is missing or torn is for the verification to say.
    return basename(folder);
  }
}

function entriesBelow(folder: string, path: string, wantsText: (path: string) => boolean): ReadTarEntry[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const [file, own] = [join(folder, name), `${path}/${name}`];
      const stats = lstatSync(file);
      return stats.isDirectory() ? entriesBelow(file, own, wantsText) : [entryOf(file, own, { stats, wantsText })];
    });
}

interface Looked {
  readonly stats: Stats;
  readonly wantsText: (path: string) => boolean;
}

function entryOf(file: string, path: string, { stats, wantsText }: Looked): ReadTarEntry {
  const facts = {
    ...{ path, bytes: stats.size, executable: (stats.mode & 0o100) !== 0 },
    ...((stats.mode & 0o7000) === 0 ? {} : { privileged: true as const }),
  };
  if (stats.isSymbolicLink()) {
    return { ...facts, type: 'SymbolicLink', target: readlinkSync(file), digest: '' as Digest };
  }
  if (!stats.isFile()) {
    return { ...facts, type: 'Special', digest: '' as Digest };
  }
  const text = wantsText(path) && stats.size <= LONGEST_TEXT ? { text: readFileSync(file, 'utf8') } : {};
  return { ...facts, type: 'File', digest: digestFile(file), ...text };
}

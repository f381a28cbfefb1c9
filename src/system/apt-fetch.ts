import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DigestMismatch, Offline } from '../core/failures/network.js';
import { done, failed, success, type Result } from '../core/result.js';
import { inWordsOfApt, runApt, type Apt } from './apt.js';
import {
  equation,
  resolveBinary,
  resolveSource,
  resolveWithFreshLists,
  type AptResolveFailure,
  type BinaryPackage,
  type SourcePackage,
} from './apt-resolve.js';
import { parseChecksums, parseFields, type PackageFile } from './apt-stanza.js';
import { inTurn } from './download-turn.js';
import { attempt, digestFile, remove } from './files.js';

/** How packages are downloaded. */
export interface PackageDownload {
  readonly apt: Apt;
  /** Finished and unfinished downloads lie here, each finished file under its SHA-256. */
  readonly downloads: string;
  /** True: only what is here already may be used. */
  readonly offline: boolean;
  /** Bytes of all files so far, and of all files. */
  readonly onProgress: (done: number, total: number) => void;
}

export type AptFetchFailure = AptResolveFailure | DigestMismatch | Offline;

/** How often the growing files are looked at. */
const LOOK_MILLISECONDS = 200;

/**
 * Has apt download a pinned `.deb` and checks it. Gives the path of the file, which is named by its digest.
 * Fails with `offline`, `package-not-found` (the version is no longer offered), `package-fetch-failed`,
 * `digest-mismatch` (the bad bytes are gone then), or as a command or the file system does.
 */
export async function fetchBinary(
  download: PackageDownload,
  wanted: BinaryPackage,
): Promise<Result<string, AptFetchFailure>> {
  const fetched = await fetchFiles(download, {
    wish: wanted,
    files: [wanted.file],
    resolve: () => resolveBinary(download.apt, wanted),
    command: ['apt-get', 'download', equation(wanted)],
  });
  return fetched.ok ? success(join(download.downloads, wanted.file.sha256)) : fetched;
}

/**
 * Has apt download all files of a pinned source package, and checks them against the pin and the `.dsc`.
 * Gives their paths, in the order of `wanted.files`. Fails as {@link fetchBinary} does.
 */
export async function fetchSource(
  download: PackageDownload,
  wanted: SourcePackage,
): Promise<Result<string[], AptFetchFailure>> {
  const fetched = await fetchFiles(download, {
    wish: wanted,
    files: wanted.files,
    resolve: () => resolveSource(download.apt, wanted),
    command: ['apt-get', 'source', '--only-source', '--download-only', equation(wanted)],
  });
  if (!fetched.ok) {
    return fetched;
  }
  const paths = wanted.files.map((file) => join(download.downloads, file.sha256));
  const agreed = checkAgainstDescription(wanted, paths[0] ?? '');
  return agreed.ok ? success(paths) : agreed;
}

interface Wanted {
  readonly wish: { readonly package: string; readonly version: string };
  readonly files: readonly PackageFile[];
  readonly resolve: () => Promise<Result<unknown, AptResolveFailure>>;
  readonly command: readonly [string, ...string[]];
}

function fetchFiles(download: PackageDownload, wanted: Wanted): Promise<Result<void, AptFetchFailure>> {
  return inTurn(workFolder(download, wanted), () => fetchInTurn(download, wanted));
}

/** apt works in a folder that outlives us when we are killed, so that it goes on where it stopped. */
function workFolder(download: PackageDownload, wanted: Wanted): string {
  return join(download.downloads, `${wanted.files[0]?.sha256 ?? ''}.apt`);
}

async function fetchInTurn(download: PackageDownload, wanted: Wanted): Promise<Result<void, AptFetchFailure>> {
  const total = wanted.files.reduce((sum, file) => sum + file.size, 0);
  const missing = attempt(download.downloads, () => wanted.files.filter((file) => !isHere(download.downloads, file)));
  if (!missing.ok || missing.value.length === 0) {
    download.onProgress(total, total);
    return missing.ok ? done : missing;
  }
  const what = `${wanted.wish.package} ${wanted.wish.version}`;
  if (download.offline) {
    return failed({ reason: 'offline', what });
  }
  const listed = await resolveWithFreshLists(download.apt, wanted.resolve);
  return listed.ok ? letAptFetch(download, wanted, total) : listed;
}

/** A finished download whose bytes have gone bad is removed. */
function isHere(downloads: string, file: PackageFile): boolean {
  const path = join(downloads, file.sha256);
  if (!existsSync(path)) {
    return false;
  }
  const good = digestFile(path) === file.sha256;
  if (!good) {
    remove(path);
  }
  return good;
}

async function letAptFetch(
  download: PackageDownload,
  wanted: Wanted,
  total: number,
): Promise<Result<void, AptFetchFailure>> {
  const folder = workFolder(download, wanted);
  const made = attempt(folder, () => mkdirSync(folder, { recursive: true }));
  if (!made.ok) {
    return made;
  }
  const looking = setInterval(() => download.onProgress(Math.min(sizeOf(folder), total), total), LOOK_MILLISECONDS);
  const ran = await runApt(download.apt, wanted.command, folder);
  clearInterval(looking);
  if (!ran.ok) {
    return failed(inWordsOfApt(ran.failure, `${wanted.wish.package} ${wanted.wish.version}`, download.apt));
  }
  download.onProgress(total, total);
  return accept(folder, download.downloads, wanted);
}

function sizeOf(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    // A file was renamed between the two calls; the next look is soon.
    return 0;
  }
}

/** Gives each file its final name once its digest is right; otherwise throws all of it away. */
function accept(folder: string, downloads: string, wanted: Wanted): Result<void, AptFetchFailure> {
  const checked = attempt(folder, () => {
    for (const file of wanted.files) {
      const found = digestFile(join(folder, file.name));
      if (found !== file.sha256) {
        return { file, found };
      }
    }
    wanted.files.forEach((file) => renameSync(join(folder, file.name), join(downloads, file.sha256)));
    return undefined;
  });
  remove(folder);
  if (!checked.ok || checked.value === undefined) {
    return checked.ok ? done : checked;
  }
  const { file, found } = checked.value;
  return failed({
    reason: 'digest-mismatch',
    what: file.name,
    origin: `package ${wanted.wish.package} ${wanted.wish.version}`,
    expected: file.sha256,
    found,
  });
}

/** The `.dsc` is what the distribution signed off; what the lists say of the files has to be what it says. */
function checkAgainstDescription(wanted: SourcePackage, dsc: string): Result<void, AptFetchFailure> {
  const text = attempt(dsc, () => readFileSync(dsc, 'utf8'));
  if (!text.ok) {
    return text;
  }
  const described = parseChecksums(parseFields(text.value).get('checksums-sha256') ?? '');
  for (const file of wanted.files.slice(1)) {
    const found = described.find((other) => other.name === file.name)?.sha256;
    if (found !== file.sha256) {
      const origin = `${wanted.files[0]?.name ?? ''} of ${wanted.package} ${wanted.version}`;
      return failed({
        reason: 'digest-mismatch',
        what: file.name,
        origin,
        expected: file.sha256,
        found: found ?? 'nothing',
      });
    }
  }
  return done;
}

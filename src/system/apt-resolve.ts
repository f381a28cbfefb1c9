import { basename } from 'node:path';
import { isDigest } from '../core/digest.js';
import type { PackageNotFound } from '../core/failures/network.js';
import { failed, success, type Result } from '../core/result.js';
import { runApt, updateApt, type Apt, type AptFailure } from './apt.js';
import { isFileName, parseChecksums, parseStanzas, type Fields, type PackageFile } from './apt-stanza.js';

/** A package that a recipe asks for. Without a version: what apt would install. */
export interface PackageWish {
  readonly package: string;
  readonly version?: string;
}

/** A binary package at one version. */
export interface BinaryPackage {
  readonly package: string;
  /** With epoch and revision: `6.1.192-2`. */
  readonly version: string;
  /** The `.deb`. */
  readonly file: PackageFile;
}

/** A source package at one version. */
export interface SourcePackage {
  readonly package: string;
  readonly version: string;
  /** `3.0 (quilt)`, `3.0 (native)`, `1.0`. */
  readonly format: string;
  /** The `.dsc` first, then what it lists. */
  readonly files: readonly PackageFile[];
}

export type AptResolveFailure = AptFailure | PackageNotFound;

/** A meta package leads to a package, not to a chain of them; more than this is a loop. */
const LONGEST_CHAIN = 5;

/**
 * Finds a binary package in the lists. A meta package, one that depends on a package named after it
 * (`linux-source` on `linux-source-6.1`), stands for that one.
 * Fails with `package-not-found`, or as {@link runApt} does.
 */
export async function resolveBinary(apt: Apt, wish: PackageWish): Promise<Result<BinaryPackage, AptResolveFailure>> {
  let current = wish;
  for (let length = 0; length < LONGEST_CHAIN; length += 1) {
    const fields = await show(apt, current);
    if (!fields.ok) {
      return fields;
    }
    const next = whatItStandsFor(current.package, fields.value);
    if (next === undefined) {
      return binaryPackage(current, fields.value);
    }
    current = next;
  }
  return failed(notFound('binary', wish, `its dependencies lead on and on, as far as ${current.package}`));
}

async function show(apt: Apt, wish: PackageWish): Promise<Result<Fields, AptResolveFailure>> {
  if (!isSafe(wish)) {
    return failed(notFound('binary', wish, 'this is no name or version of a package'));
  }
  const shown = await runApt(apt, ['apt-cache', 'show', '--no-all-versions', equation(wish)]);
  if (!shown.ok && shown.failure.reason !== 'command-failed') {
    return shown;
  }
  const fields = shown.ok ? parseStanzas(shown.value.stdout).find((stanza) => stanza.has('filename')) : undefined;
  return fields === undefined ? failed(notFound('binary', wish, await whatIsThere(apt, wish))) : success(fields);
}

async function whatIsThere(apt: Apt, wish: PackageWish): Promise<string> {
  if (wish.version === undefined) {
    return 'no source entry of this machine offers it';
  }
  const shown = await runApt(apt, ['apt-cache', 'show', wish.package]);
  return offered(shown.ok ? parseStanzas(shown.value.stdout) : []);
}

function offered(stanzas: readonly Fields[]): string {
  const versions = [...new Set(stanzas.flatMap((stanza) => stanza.get('version') ?? []))];
  return versions.length === 0
    ? 'no source entry of this machine offers it'
    : `this version is not offered (any more); offered are ${versions.slice(0, 5).join(', ')}`;
}

/** The one dependency that is named after the package: `linux-source-6.1 (= 6.1.192-2)`. */
function whatItStandsFor(name: string, fields: Fields): PackageWish | undefined {
  const dependencies = (fields.get('depends') ?? '').split(',').map((dependency) => dependency.trim());
  const named = dependencies.filter((dependency) => dependency.startsWith(`${name}-`) && !dependency.includes('|'));
  const [, next, version] = /^(\S+?)(?::\w+)?(?: \(= (\S+)\))?$/.exec(named.length === 1 ? (named[0] ?? '') : '') ?? [];
  return next === undefined ? undefined : { package: next, ...(version === undefined ? {} : { version }) };
}

function binaryPackage(wish: PackageWish, fields: Fields): Result<BinaryPackage, AptResolveFailure> {
  const name = basename(fields.get('filename') ?? '');
  const sha256 = fields.get('sha256') ?? '';
  const size = Number(fields.get('size'));
  const version = fields.get('version');
  if (version === undefined || !isDigest(sha256) || !isFileName(name) || !Number.isSafeInteger(size)) {
    return failed(notFound('binary', wish, 'the package lists give no SHA256, name or size for it'));
  }
  return success({ package: wish.package, version, file: { name, sha256, size } });
}

/**
 * Finds a source package in the lists, at the version that `apt-get source` would take.
 * Fails with `package-not-found`, or as {@link runApt} does.
 */
export async function resolveSource(apt: Apt, wish: PackageWish): Promise<Result<SourcePackage, AptResolveFailure>> {
  if (!isSafe(wish)) {
    return failed(notFound('source', wish, 'this is no name or version of a package'));
  }
  const shown = await runApt(apt, ['apt-cache', 'showsrc', '--only-source', wish.package]);
  if (!shown.ok && shown.failure.reason !== 'command-failed') {
    return shown;
  }
  const stanzas = shown.ok ? parseStanzas(shown.value.stdout) : [];
  const dsc = await chosenDescription(apt, wish);
  const found = stanzas.map(sourcePackage).find((source) => source?.files[0]?.sha256 === dsc);
  return found === undefined ? failed(notFound('source', wish, offered(stanzas))) : success(found);
}

/** Digest of the `.dsc` that apt would fetch. Which version is the best is apt's to say. */
async function chosenDescription(apt: Apt, wish: PackageWish): Promise<string | undefined> {
  const options = ['--only-source', '--download-only', '--print-uris'];
  const printed = await runApt(apt, ['apt-get', 'source', ...options, equation(wish)]);
  return printed.ok ? /^'[^']*' \S+\.dsc \d+ SHA256:([0-9a-f]{64})$/m.exec(printed.value.stdout)?.[1] : undefined;
}

function sourcePackage(fields: Fields): SourcePackage | undefined {
  const name = fields.get('package');
  const version = fields.get('version');
  const files = parseChecksums(fields.get('checksums-sha256') ?? '');
  const described = [...files].sort((a, b) => Number(isDescription(b)) - Number(isDescription(a)));
  return name === undefined || version === undefined || described[0] === undefined || !isDescription(described[0])
    ? undefined
    : { package: name, version, format: fields.get('format') ?? '1.0', files: described };
}

function isDescription(file: PackageFile): boolean {
  return file.name.endsWith('.dsc');
}

/**
 * Makes sure that lists are there which offer a package: tries with those that are there, then fetches them anew.
 * `look` is one of the two above, bound to its package.
 */
export async function resolveWithFreshLists<T>(
  apt: Apt,
  look: () => Promise<Result<T, AptResolveFailure>>,
): Promise<Result<T, AptResolveFailure>> {
  const found = await look();
  if (found.ok || found.failure.reason !== 'package-not-found') {
    return found;
  }
  const updated = await updateApt(apt);
  const again = await look();
  return again.ok || updated.ok ? again : updated;
}

/** A package and version in apt's notation. */
export function equation(wish: PackageWish): string {
  return wish.version === undefined ? wish.package : `${wish.package}=${wish.version}`;
}

function isSafe(wish: PackageWish): boolean {
  const name = /^[a-z0-9][a-z0-9+.-]*$/;
  const version = /^[A-Za-z0-9][A-Za-z0-9.+~:-]*$/;
  return name.test(wish.package) && (wish.version === undefined || version.test(wish.version));
}

function notFound(kind: 'binary' | 'source', wish: PackageWish, detail: string): PackageNotFound {
  const version = wish.version === undefined ? {} : { version: wish.version };
  return { reason: 'package-not-found', package: wish.package, ...version, kind, detail };
}

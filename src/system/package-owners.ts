import { findProgram, followLinks } from './distribution.js';
import { packageOwning } from './distribution-package.js';
import { readTextIfThere } from './files.js';
import { runCommand } from './command.js';

/** A package of the distribution, as one names it to others. */
export interface OwningPackage {
  readonly name: string;
  readonly version: string;
  /** `amd64`; missing where the package manager does not tell. */
  readonly architecture?: string;
  /** As the package's copyright file has it (DEP 5), for most of its files. */
  readonly licence?: string;
}

/**
 * The packages that own these files, path -> package; a file that none owns is left out. With dpkg it takes two calls,
 * however many files there are.
 */
export async function packagesOwning(
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, OwningPackage>> {
  return findProgram('dpkg-query') === undefined ? oneByOne(paths, signal) : fromDpkg(paths, signal);
}

async function oneByOne(
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, OwningPackage>> {
  const owners = new Map<string, OwningPackage>();
  for (const path of paths) {
    const owner = await packageOwning(path, signal);
    if (owner !== undefined) {
      owners.set(path, owner);
    }
  }
  return owners;
}

async function fromDpkg(
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, OwningPackage>> {
  const spellings = new Map(paths.map((path) => [path, spellingsOf(path)] as const));
  const searched = await dpkg(['--search', ...new Set([...spellings.values()].flat())], signal);
  const nameOf = parseSearch(searched);
  const names = new Set(nameOf.values());
  const packages = names.size === 0 ? new Map<string, OwningPackage>() : await describePackages(names, signal);
  return new Map(
    [...spellings].flatMap(([path, spelled]) => {
      const name = spelled.map((each) => nameOf.get(each)).find((each) => each !== undefined);
      const owner = name === undefined ? undefined : packages.get(name);
      return owner === undefined ? [] : [[path, owner] as const];
    }),
  );
}

/**
 * Path -> the package that `dpkg-query --search` has before it, the first of several: `libc6:amd64, libc6:i386: /usr/x`.
 */
export function parseSearch(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^(?!diversion )([^\s,]+)(?:, [^\s,]+)*: (\/.*)$/gm);
  return new Map([...lines].map(([, name = '', path = '']) => [path, name]));
}

/** dpkg knows the path that the package was packed with, which merging /lib into /usr/lib has made a link. */
function spellingsOf(path: string): string[] {
  const real = followLinks(path);
  return [...new Set([path, real, path.replace(/^\/usr\//, '/'), real.replace(/^\/usr\//, '/')])];
}

async function describePackages(
  names: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<Map<string, OwningPackage>> {
  const format = '${binary:Package}\\t${Package}\\t${Version}\\t${Architecture}\\n';
  const shown = await dpkg(['--show', `--showformat=${format}`, ...names], signal);
  const packages = new Map<string, OwningPackage>();
  for (const line of shown.split('\n')) {
    const [qualified, name, version, architecture] = line.split('\t');
    if (qualified !== undefined && name !== undefined && version !== undefined && architecture !== undefined) {
      const licence = licenceOf(name);
      const owner = { name, version, architecture, ...(licence === undefined ? {} : { licence }) };
      [name, qualified, `${name}:${architecture}`].forEach((spelling) => packages.set(spelling, owner));
    }
  }
  return packages;
}

/** The licence that a machine-readable copyright file (DEP 5) gives for `Files: *`. */
function licenceOf(name: string): string | undefined {
  const text = readTextIfThere(`/usr/share/doc/${name}/copyright`) ?? '';
  const paragraph = text.split(/\n\s*\n/).find((each) => /^Files:\s*\*\s*$/m.test(each));
  return paragraph === undefined ? undefined : /^License:[ \t]*(\S.*)$/m.exec(paragraph)?.[1]?.trim();
}

/** What it prints, whatever its status: it ends with 1 where it does not know one of them, and still prints the others. */
async function dpkg(words: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  const lines: string[] = [];
  await runCommand({
    program: 'dpkg-query',
    arguments: words,
    folder: '/',
    onLine: (line) => lines.push(line),
    ...(signal === undefined ? {} : { signal }),
  });
  return lines.join('\n');
}

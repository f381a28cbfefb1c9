import { digestJson, type Digest } from '../../core/digest.js';
import { runCommand } from '../../system/command.js';
import { findProgram, followLinks } from '../../system/distribution.js';
import { readElf } from '../../system/elf.js';
import { attempt, digestFile } from '../../system/files.js';
import { sharedLibraries } from '../../system/shared-libraries.js';

/** The programs behind a driver such as gcc, by which its results differ. */
const PARTS = ['cc1', 'cc1plus', 'as'];

/**
 * Stands for compilers as they are: the bytes of each driver, of what it calls to compile and to assemble, and of the
 * LLVM libraries that it may consist of. A file's time would not do: images of machines set all of them to one.
 * @param compilers absolute paths
 */
export async function compilerDigest(compilers: readonly string[], signal: AbortSignal): Promise<Digest> {
  const drivers = [...new Set(compilers.map(followLinks))];
  const parts = await Promise.all(drivers.map((driver) => partsOf(driver, signal)));
  const files = [...new Set(parts.flat())].sort();
  return digestJson('compilers', [...new Set(files.flatMap(digestOf))].sort());
}

async function partsOf(driver: string, signal: AbortSignal): Promise<string[]> {
  const said = await Promise.all(PARTS.map((part) => say(driver, `-print-prog-name=${part}`, signal)));
  const programs = said.map((name) => findProgram(name.trim())).filter((path) => path !== undefined);
  return [driver, ...programs.map(followLinks), ...(await llvmOf(driver, signal))];
}

async function say(program: string, argument: string, signal: AbortSignal): Promise<string> {
  const answer = await runCommand({ program, arguments: [argument], folder: '/', signal });
  return answer.ok ? answer.value.stdout : '';
}

async function llvmOf(driver: string, signal: AbortSignal): Promise<string[]> {
  const elf = attempt(driver, () => readElf(driver));
  const loader = elf.ok ? elf.value?.interpreter : undefined;
  const libraries = loader === undefined ? undefined : await sharedLibraries(loader, driver, signal);
  const found = libraries?.ok === true ? [...libraries.value.found] : [];
  return found.flatMap(([name, path]) => (/LLVM|clang/.test(name) ? [followLinks(path)] : []));
}

/** None for what cannot be read: the others still tell. */
function digestOf(path: string): Digest[] {
  const digest = attempt(path, () => digestFile(path));
  return digest.ok ? [digest.value] : [];
}

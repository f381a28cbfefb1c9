import { basename } from 'node:path';
import type { Failure } from '../core/failure.js';
import { byCodeUnit } from '../core/json.js';
import { failed, success, type Result } from '../core/result.js';
import type { Recipe } from '../recipe/schema.js';
import { isQemuRom, qemuDataFiles } from '../steps/fetch/qemu-data.js';
import type { FileLayout, InstalledLayout, SourceLayout } from '../steps/source-layout.js';
import { findProgram } from '../system/distribution.js';
import type { TarFile } from '../system/tar-writer.js';
import { PLACES, type BundledHypervisor } from './bundle-document.js';
import { libraryFiles } from './libraries-part.js';
import { machineFiles, type MachineFile } from './machine-file.js';
import { resultFile, resultText, type Results } from './results.js';

/** A hypervisor with all that it takes to run elsewhere. */
export interface HypervisorPart {
  readonly document: BundledHypervisor;
  readonly files: readonly TarFile[];
  /** Path in the bundle -> path on this machine, of what is not of our making: for the packages that it is from. */
  readonly origins: ReadonlyMap<string, string>;
  /** There for one of this machine: name and digests. */
  readonly layout?: InstalledLayout | FileLayout;
}

/** Gathers the hypervisor of a run. `undefined` members of its document are what it does not need. */
export async function hypervisorPart(
  recipe: Recipe,
  results: Results,
  signal: AbortSignal,
): Promise<Result<HypervisorPart, Failure>> {
  const text = resultText(results, { step: 'fetch:hypervisor', output: 'source', path: 'source.json' });
  if (!text.ok) {
    return text;
  }
  const layout = text.value === undefined ? undefined : (JSON.parse(text.value) as SourceLayout);
  const own =
    layout?.kind === 'installed' || layout?.kind === 'file'
      ? ofThisMachine(recipe, layout, results.command)
      : ofOurMaking(results);
  return own.ok ? withLibraries(own.value, results.command, signal) : own;
}

/** The program, its modules and its ROMs, before its libraries. */
interface Core {
  readonly files: readonly TarFile[];
  readonly layout?: InstalledLayout | FileLayout;
  /** True: the files are those of this machine. */
  readonly installed: boolean;
}

function ofThisMachine(recipe: Recipe, layout: InstalledLayout | FileLayout, command: string): Result<Core, Failure> {
  const { source } = recipe.hypervisor;
  const named = 'installed' in source ? source.installed : 'file' in source ? source.file : '';
  const program = findProgram(named);
  if (program === undefined) {
    return failed({ reason: 'hypervisor-unfit', binary: named, detail: 'it is not there any more' });
  }
  const digests = new Map(layout.files.map(({ path, digest }) => [path, digest]));
  const data = Object.entries(qemuDataFiles(program)).map(([label, file]): MachineFile => {
    const was = digests.get(label);
    return { file, to: placeOfData(label), ...(was === undefined ? {} : { was }) };
  });
  const files = machineFiles(
    [{ file: program, to: PLACES.hypervisor, executable: true, was: layout.digest }, ...data],
    command,
  );
  return files.ok ? success({ files: files.value, layout, installed: true }) : files;
}

/** `modules/x.so` and `roms/x.bin`, as `qemuDataFiles` labels them. */
function placeOfData(label: string): string {
  return `${label.startsWith('modules/') ? PLACES.modules : PLACES.data}/${basename(label)}`;
}

function ofOurMaking(results: Results): Result<Core, Failure> {
  const program = resultFile(
    results,
    { step: 'make:hypervisor', output: 'image' },
    { to: PLACES.hypervisor, executable: true },
  );
  if (!program.ok) {
    return program;
  }
  const files = [program.value];
  const data = results.steps.get('make:hypervisor')?.outputs['data']?.files ?? [];
  const roms = data.filter(({ path, mode }) => isQemuRom(path) && mode !== 'link');
  for (const { path } of roms) {
    const to = `${PLACES.data}/${path}`;
    const file = resultFile(results, { step: 'make:hypervisor', output: 'data', path }, { to });
    if (!file.ok) {
      return file;
    }
    files.push(file.value);
  }
  return success({ files, installed: false });
}

async function withLibraries(
  { files, layout, installed }: Core,
  command: string,
  signal: AbortSignal,
): Promise<Result<HypervisorPart, Failure>> {
  const libraries = await libraryFiles(files.filter(isCode), { command, signal });
  if (!libraries.ok) {
    return libraries;
  }
  const { loader, files: found } = libraries.value;
  const all = [...files, ...found];
  const has = (folder: string): boolean => all.some(({ path }) => path.startsWith(`${folder}/`));
  const version = layout?.version;
  return success({
    document: {
      kind: 'included',
      program: PLACES.hypervisor,
      ...(version === undefined ? {} : { version }),
      ...(loader === undefined ? {} : { loader, libraries: PLACES.libraries }),
      ...(has(PLACES.modules) ? { modules: PLACES.modules } : {}),
      ...(has(PLACES.data) ? { data: PLACES.data } : {}),
    },
    files: all.sort((a, b) => byCodeUnit(a.path, b.path)),
    origins: new Map((installed ? all : found).flatMap(originOf)),
    ...(layout === undefined ? {} : { layout }),
  });
}

function isCode({ path }: TarFile): boolean {
  return path === PLACES.hypervisor || path.startsWith(`${PLACES.modules}/`);
}

function originOf({ path, content }: TarFile): [string, string][] {
  return 'file' in content ? [[path, content.file]] : [];
}

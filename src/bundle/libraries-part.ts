import { basename } from 'node:path';
import type { Failure } from '../core/failure.js';
import { byCodeUnit } from '../core/json.js';
import { failed, success, type Result } from '../core/result.js';
import { readElf } from '../system/elf.js';
import { attempt } from '../system/files.js';
import { sharedLibraries } from '../system/shared-libraries.js';
import type { TarFile } from '../system/tar-writer.js';
import { PLACES } from './bundle-document.js';
import { machineFiles } from './machine-file.js';

/** What a program and its modules need to be loaded on another machine. */
export interface LibrariesPart {
  /** Path in the bundle; missing for a static program or a script. */
  readonly loader?: string;
  readonly files: readonly TarFile[];
}

/** The loader of the first of these files, which is the program, and the shared libraries of all of them. */
export async function libraryFiles(
  code: readonly TarFile[],
  { command, signal }: { readonly command: string; readonly signal: AbortSignal },
): Promise<Result<LibrariesPart, Failure>> {
  const paths = code.flatMap(({ content }) => ('file' in content ? [content.file] : []));
  const interpreter = attempt(paths[0] ?? '', () => readElf(paths[0] ?? '')?.interpreter);
  if (!interpreter.ok) {
    return interpreter;
  }
  if (interpreter.value === undefined) {
    return success({ files: [] });
  }
  const loader = interpreter.value;
  const found = new Map<string, string>();
  for (const path of paths) {
    const listed = await sharedLibraries(loader, path, signal);
    if (!listed.ok) {
      return listed;
    }
    const [missing] = listed.value.missing;
    if (missing !== undefined) {
      return failed({ reason: 'bundle-incomplete', missing, detail: `${basename(path)} needs it`, command });
    }
    listed.value.found.forEach((file, name) => found.set(name, file));
  }
  const place = `${PLACES.libraries}/${basename(loader)}`;
  found.delete(basename(loader));
  const libraries = [...found]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, file]) => ({ file, to: `${PLACES.libraries}/${name}` }));
  const files = machineFiles([{ file: loader, to: place, executable: true }, ...libraries], command);
  return files.ok ? success({ loader: place, files: files.value }) : files;
}

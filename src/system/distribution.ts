import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { environmentVariable } from './environment.js';
import { readTextIfThere } from './files.js';

/** What a Linux distribution calls itself, from os-release(5). */
export interface Distribution {
  /** `debian`, `ubuntu`, `fedora`; `linux` where the file is missing. */
  readonly id: string;
  /** `12`, `24.04`; the code name for a release that has no number yet; empty where neither is told. */
  readonly version: string;
  /** The distributions that it derives from, nearest first. */
  readonly like: readonly string[];
}

/** Reads os-release; no such file gives `{ id: 'linux', version: '', like: [] }`. */
export function readDistribution(root = '/'): Distribution {
  const text = readTextIfThere(join(root, 'etc/os-release')) ?? readTextIfThere(join(root, 'usr/lib/os-release')) ?? '';
  return parseOsRelease(text);
}

/** Parses the text of an os-release file. */
export function parseOsRelease(text: string): Distribution {
  const values = new Map<string, string>();
  for (const [, key, value] of text.matchAll(/^([A-Z_]+)=(.*)$/gm)) {
    values.set(key ?? '', unquote(value?.trim() ?? ''));
  }
  return {
    id: values.get('ID') ?? 'linux',
    version: values.get('VERSION_ID') ?? values.get('VERSION_CODENAME') ?? '',
    like: (values.get('ID_LIKE') ?? '').split(' ').filter((name) => name !== ''),
  };
}

function unquote(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(["'$`\\])/g, '$1');
}

/**
 * Absolute path of a program: looked up on the PATH, or as it is where it is a path already.
 * `undefined` when there is none that we may execute.
 * @param suits false for one that will not do: then those further back on the PATH are looked at
 */
export function findProgram(name: string, suits: (path: string) => boolean = () => true): string | undefined {
  const path = isAbsolute(name) ? '' : (environmentVariable('PATH') ?? '');
  return path
    .split(delimiter)
    .map((folder) => (isAbsolute(name) ? name : join(folder, name)))
    .find((candidate) => isProgram(candidate) && suits(candidate));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A path with every symbolic link in it followed; the path itself where nothing is there. */
export function followLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

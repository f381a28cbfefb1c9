/** The only reader of this process's environment, working folder and arguments' surroundings. */

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An environment variable's value; unset is `undefined`, empty is empty. */
export function environmentVariable(name: string): string | undefined {
  return process.env[name];
}

/** All variables of these names that are set. */
export function environmentVariables(isWanted: (name: string) => boolean): Readonly<Record<string, string>> {
  const wanted = Object.entries(process.env).filter(([name]) => isWanted(name));
  return Object.fromEntries(wanted.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** The folder in which the user started us. */
export function workingFolder(): string {
  return process.cwd();
}

/** The user's home folder; `/` for a user of whom this machine knows nothing, as a container can have one. */
export function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}

/** Goes on as if the user had started us in another folder. Throws system errors. */
export function enterFolder(folder: string): void {
  process.chdir(folder);
}

/** What follows the program's own file on its command line. */
export function programArguments(): readonly string[] {
  return process.argv.slice(2);
}

/** The program's own file, as it was called. */
export function programFile(): string {
  return process.argv[1] ?? '';
}

/** The folder that holds our own `package.json`, `src/patches`, `configs` and `src/native`. */
export const packageFolder: string = folderAbove(dirname(fileURLToPath(import.meta.url)), 'package.json');

/** The nearest folder, from `folder` up, that holds a file of that name. */
function folderAbove(folder: string, name: string): string {
  if (existsSync(join(folder, name)) || folder === dirname(folder)) {
    return folder;
  }
  return folderAbove(dirname(folder), name);
}

/** All of the user's own environment, for what acts for the user and builds nothing. */
export function userEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Variables that a child process inherits as they are, because a user's set-up may need them. */
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
];

/**
 * The environment that child processes get: a known locale and time zone and little else,
 * so that what the user's shell happens to export changes no build. A ccache that is not told where its settings are is
 * called by chance, where it stands before the compilers on the PATH: it keeps nothing.
 */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const environment: Record<string, string> = { LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) {
      environment[name] = value;
    }
  }
  const ccache = extra['CCACHE_CONFIGPATH'] === undefined ? { CCACHE_DISABLE: '1' } : {};
  return { ...environment, ...ccache, ...extra };
}

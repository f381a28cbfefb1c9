import { runCommand } from './command.js';
import { findProgram, followLinks } from './distribution.js';

/** A package that is installed on this machine. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
}

/**
 * The distribution package that owns a file, asked from dpkg, rpm or pacman, whichever is there.
 * `undefined` when none owns it or none of them is there: the user may have built the program.
 */
export async function packageOwning(path: string, signal?: AbortSignal): Promise<InstalledPackage | undefined> {
  for (const manager of MANAGERS) {
    const owner = findProgram(manager.program) === undefined ? undefined : await manager.owner(path, signal);
    if (owner !== undefined) {
      return owner;
    }
  }
  return undefined;
}

interface PackageManager {
  readonly program: string;
  owner(path: string, signal?: AbortSignal): Promise<InstalledPackage | undefined>;
}

const MANAGERS: readonly PackageManager[] = [
  { program: 'dpkg-query', owner: dpkgOwner },
  { program: 'rpm', owner: rpmOwner },
  { program: 'pacman', owner: pacmanOwner },
];

async function dpkgOwner(path: string, signal?: AbortSignal): Promise<InstalledPackage | undefined> {
  // dpkg knows the path that the package was packed with, which merging /bin into /usr/bin has made a link.
  for (const candidate of [path, followLinks(path), path.replace(/^\/usr/, '')]) {
    const said = await say(['dpkg-query', '--search', candidate], signal);
    const name = said === undefined ? undefined : /^(?!diversion )([^\s,]+?)[,:]/m.exec(said)?.[1];
    if (name !== undefined) {
      const version = await say(['dpkg-query', '--show', '--showformat', '${Version}', name], signal);
      return version === undefined ? undefined : { name, version: version.trim() };
    }
  }
  return undefined;
}

async function rpmOwner(path: string, signal?: AbortSignal): Promise<InstalledPackage | undefined> {
  const said = await say(['rpm', '--query', '--file', '--queryformat', '%{NAME} %{EVR}\n', path], signal);
  return nameAndVersion(said, /^(\S+) (\S+)$/m);
}

async function pacmanOwner(path: string, signal?: AbortSignal): Promise<InstalledPackage | undefined> {
  const said = await say(['pacman', '--query', '--owns', path], signal);
  return nameAndVersion(said, /owned by (\S+) (\S+)/);
}

function nameAndVersion(said: string | undefined, form: RegExp): InstalledPackage | undefined {
  const [, name, version] = form.exec(said ?? '') ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}

/** What a command prints; `undefined` when it fails, which here means that it does not know. */
async function say(line: readonly [string, ...string[]], signal?: AbortSignal): Promise<string | undefined> {
  const [program, ...rest] = line;
  const result = await runCommand({
    program,
    arguments: rest,
    folder: '/',
    ...(signal === undefined ? {} : { signal }),
  });
  return result.ok ? result.value.stdout : undefined;
}

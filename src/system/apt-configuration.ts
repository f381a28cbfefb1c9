import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, success, type Result } from '../core/result.js';
import { privateSources, type SourcesFile } from './apt-sources.js';
import { runCommand, type CommandFailure } from './command.js';
import { findProgram } from './distribution.js';
import {
  attempt,
  freshFolder,
  namesIfReadable,
  readTextIfThere,
  remove,
  replaceFolder,
  writeFileAtomically,
  type FileFailure,
} from './files.js';

/**
 * A private apt: its own configuration, source entries, package lists and cache below one folder of the workspace,
 * derived from the machine's. Nothing of the machine's is changed, and it works as root and as anybody else.
 */
export interface Apt {
  /** The workspace's folder for it, which is made when missing. */
  readonly folder: string;
  /** Package lists are fetched at most once for a session: the run's id or folder. */
  readonly session: string;
  /** The step on whose behalf, for messages. */
  readonly neededBy: string;
  readonly signal?: AbortSignal;
  /** Root of the machine whose configuration is taken; not `/` in tests only. */
  readonly machine?: string;
}

/** Where the private configuration lies; apt's programs get it as APT_CONFIG. */
export function configurationFile(apt: Apt): string {
  return join(apt.folder, 'apt.conf');
}

/**
 * Writes the private configuration and source entries from the machine's own.
 * Fails with `tool-missing` where there is no apt (another distribution), or as a command or the file system does.
 */
export async function configureApt(apt: Apt): Promise<Result<void, CommandFailure | FileFailure>> {
  if (findProgram('apt-get') === undefined) {
    return failed({ reason: 'tool-missing', tool: 'apt-get', neededBy: apt.neededBy });
  }
  const settings = await machineSettings(apt);
  if (!settings.ok) {
    return settings;
  }
  return attempt(apt.folder, () => {
    for (const folder of ['lists/partial', 'cache/archives/partial', 'state']) {
      mkdirSync(join(apt.folder, folder), { recursive: true });
    }
    writeSources(apt);
    writeFileSync(join(apt.folder, 'state/status'), '');
    writeFileAtomically(configurationFile(apt), configurationText(apt, settings.value));
  });
}

function writeSources(apt: Apt): void {
  const staged = freshFolder(apt.folder, '.sources-');
  try {
    for (const file of privateSources(machineSources(apt.machine ?? '/'))) {
      writeFileSync(join(staged, file.name), file.text);
    }
    replaceFolder(staged, join(apt.folder, 'sources'));
  } finally {
    remove(staged);
  }
}

/** The machine's own entries, in the order in which apt reads them. */
function machineSources(root: string): SourcesFile[] {
  const parts = join(root, 'etc/apt/sources.list.d');
  const main = readTextIfThere(join(root, 'etc/apt/sources.list'));
  const names = namesIfReadable(parts).filter((name) => /^[A-Za-z0-9_.-]+\.(list|sources)$/.test(name));
  return [
    // Begins with a character that no part of the machine's may begin with before it.
    ...(main === undefined ? [] : [{ name: '00-sources.list', text: main }]),
    ...names.sort().map((name) => ({ name, text: readFileSync(join(parts, name), 'utf8') })),
  ];
}

/** `Name "value";` of every setting of the machine that tells how packages are fetched: proxies, time-outs, checks. */
async function machineSettings(apt: Apt): Promise<Result<string[], CommandFailure>> {
  const dumped = await runCommand({
    program: 'apt-config',
    arguments: ['dump', '--no-empty', '--format', '%f "%v";%n'],
    folder: '/',
    neededBy: apt.neededBy,
    ...(apt.signal === undefined ? {} : { signal: apt.signal }),
  });
  return dumped.ok ? success(dumped.value.stdout.split('\n').filter(isAboutFetching)) : dumped;
}

/** Hooks stay out, because they would work on the machine's own lists and cache; so do lists of other things. */
function isAboutFetching(setting: string): boolean {
  const kept = /^(Acquire::|APT::(Default-Release|Architecture|Architectures::\S*) )/.test(setting);
  const dropped = /^Acquire::(IndexTargets|Languages|CompressionTypes|GzipIndexes)/.test(setting);
  return kept && !dropped && /^[\w:./+@-]+ "[^"]*";$/.test(setting);
}

/**
 * `Dir::Etc::Parts` is empty, so that nothing is read after this file and over it. The status file is empty too:
 * what is offered has to come out of the lists, whatever this machine has installed.
 */
function configurationText(apt: Apt, settings: readonly string[]): string {
  const own: Readonly<Record<string, string>> = {
    'Dir::Etc::Main': '/dev/null',
    'Dir::Etc::Parts': '/dev/null',
    'Dir::Etc::SourceList': '/dev/null',
    'Dir::Etc::SourceParts': join(apt.folder, 'sources'),
    'Dir::State': join(apt.folder, 'state'),
    'Dir::State::Lists': join(apt.folder, 'lists'),
    'Dir::State::status': join(apt.folder, 'state/status'),
    'Dir::Cache': join(apt.folder, 'cache'),
    'Dir::Log': join(apt.folder, 'state'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::GzipIndexes': 'true',
    'Acquire::Retries': '3',
    'Acquire::http::Timeout': '30',
    'Acquire::https::Timeout': '30',
    'APT::Get::AllowUnauthenticated': 'false',
  };
  return [...settings, ...Object.entries(own).map(([name, value]) => `${name} "${value}";`), ''].join('\n');
}

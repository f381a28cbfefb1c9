import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { privateSources } from '../../system/apt-sources.js';
import { findProgram } from '../../system/distribution.js';
import { attempt, readTextIfThere } from '../../system/files.js';
import { ok, warn, type Check } from './check.js';

const NO_APT =
  'the recipes that ship take their sources from apt; a recipe of your own can name archives or git repositories';

/** Whether apt is here and has places to fetch sources from. */
export function checkPackageSources(): Check[] {
  if (findProgram('apt-get') === undefined) {
    return [warn('package sources', 'apt-get is not here', NO_APT)];
  }
  const entries = attempt('/etc/apt', () => privateSources(sourcesFiles('/etc/apt')));
  const named = entries.ok ? entries.value.map(({ name }) => name) : [];
  return [
    named.length > 0
      ? ok('package sources', `${named.join(', ')} (source packages are looked up there through a private copy)`)
      : warn(
          'package sources',
          '/etc/apt names no place that packages come from',
          'put the entries of your distribution back into /etc/apt/sources.list',
        ),
  ];
}

function sourcesFiles(folder: string): { name: string; text: string }[] {
  const parts = join(folder, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).filter((name) => /\.(list|sources)$/.test(name)) : [];
  const paths = [
    { name: 'sources.list', path: join(folder, 'sources.list') },
    ...names.map((name) => ({ name, path: join(parts, name) })),
  ];
  return paths.flatMap(({ name, path }) => {
    const text = readTextIfThere(path);
    return text === undefined ? [] : [{ name, text }];
  });
}

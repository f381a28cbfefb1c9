/** The system packages that are missing: installed where we may, else named with the line that installs them. */

import { spawnSync } from 'node:child_process';
import { distributionFamily, packagesFor } from './distribution.mjs';
import { missingNeeds, needsOf, readNeeds } from './needs.mjs';
import { STATUS } from './place.mjs';

/** Looks for every need of these sets and provides what is missing. Returns an exit status. */
export function provideMissingPackages(sets) {
  const list = readNeeds();
  const missing = missingNeeds(needsOf(sets, list));
  return missing.length === 0 ? STATUS.done : provide(missing, list);
}

function provide(missing, list) {
  const family = distributionFamily(list.families);
  const packages = packagesFor(missing, family);
  console.error('bootlap: this machine lacks');
  missing.forEach((need) => console.error(`  ${need.name}: ${need.why}`));
  const elevation = family === 'debian' ? elevate() : undefined;
  if (elevation === undefined) {
    return explain(list.families[family], packages);
  }
  console.error(`bootlap: installing ${packages.join(' ')}`);
  return install(elevation, list.families[family], packages) ? recheck(missing) : STATUS.hostNotFit;
}

/** The words before a command that make it root's: none when we are root; `undefined` when we cannot be or must not. */
function elevate() {
  if (process.env.BOOTLAP_NO_INSTALL === '1') {
    return undefined;
  }
  if (process.getuid() === 0) {
    return [];
  }
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

function install(elevation, family, packages) {
  return [family.refresh, [...family.install, ...packages]].every((command) => {
    const [program, ...rest] = [...elevation, 'env', 'DEBIAN_FRONTEND=noninteractive', ...command];
    const { status } = spawnSync(program, rest, { stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      console.error(`bootlap: ${command.join(' ')} failed; see above`);
    }
    return status === 0;
  });
}

function recheck(missing) {
  const still = missingNeeds(missing);
  still.forEach((need) => console.error(`bootlap: ${need.name} is still missing after its package was installed`));
  return still.length === 0 ? STATUS.done : STATUS.hostNotFit;
}

function explain(family, packages) {
  if (family === undefined) {
    console.error("Install them with your distribution's package manager, then run the same command again.");
    return STATUS.hostNotFit;
  }
  const sudo = process.getuid() === 0 ? '' : 'sudo ';
  const commands = [family.refresh, [...family.install, ...packages]].filter((command) => command !== undefined);
  console.error('Install them with this line, then run the same command again:');
  console.error(`  ${commands.map((command) => `${sudo}${command.join(' ')}`).join(' && ')}`);
  return STATUS.hostNotFit;
}

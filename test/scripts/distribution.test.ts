import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageFolder } from '../../src/system/environment.js';

interface Need {
  readonly name: string;
  readonly sets: readonly string[];
  readonly packages: Readonly<Record<string, string>>;
}

interface Needs {
  readonly families: Readonly<Record<string, object>>;
  readonly needs: readonly Need[];
}

interface DistributionScript {
  distributionFamily(families: object, osRelease: string): string | undefined;
  packagesFor(needs: readonly Need[], family: string): string[];
}

const script = (await import(join(packageFolder, 'scripts/set-up/distribution.mjs'))) as DistributionScript;
const list = JSON.parse(readFileSync(join(packageFolder, 'configs/host-needs.json'), 'utf8')) as Needs;

it.each([
  ['ID=debian\n', 'debian'],
  ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian'],
  ['ID=fedora\n', 'fedora'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora'],
  ["ID='manjaro'\nID_LIKE='arch'\n", 'arch'],
  ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'suse'],
  ['ID=nixos\n', undefined],
  ['', undefined],
])('os-release %j is of the family %s', (text, family) => {
  expect(script.distributionFamily(list.families, text)).toBe(family);
});

it('every need names its package on every family that has a line of its own', () => {
  for (const need of list.needs) {
    expect(Object.keys(need.packages), need.name).toEqual(Object.keys(list.families));
  }
});

it('npm start installs on Debian just what the stock recipe builds and boots with', () => {
  const setUp = list.needs.filter((need) => need.sets.includes('setup'));
  expect(script.packagesFor(setUp, 'debian')).toEqual(
    'qemu-system-x86 git gcc libc6-dev gcc-multilib make meson ninja-build flex bison bc xz-utils libelf-dev'.split(
      ' ',
    ),
  );
});

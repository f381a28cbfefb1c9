import { hasPassword, withoutPassword } from '../core/login.js';
import { COMPONENTS, type Component } from '../core/step.js';
import { checkGitAddress } from '../system/git-address.js';
import type { Fault } from './fault.js';
import type { KeyPath } from './located.js';
import type { GitSource, Recipe } from './schema.js';

/** Addresses that git is not asked to fetch from, and addresses that would give a password away. */
export function addressFaults(recipe: Recipe): readonly Fault[] {
  return COMPONENTS.flatMap((name) => {
    const { source } = recipe[name];
    return [
      ...('git' in source ? gitFaults(name, source) : []),
      ...passwordFaults([name, 'source'], source),
      ...passwordFaults([name, 'build'], recipe[name].build),
    ];
  });
}

/** Of everything that is downloaded by a `url:` or its `mirrors:`, however deep these lie. */
function passwordFaults(path: KeyPath, value: unknown): readonly Fault[] {
  if (typeof value !== 'object' || value === null || 'git' in value) {
    return [];
  }
  return Object.entries(value).flatMap(([key, below]: [string, unknown]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    return typeof below === 'string' ? passwordFault(at, below) : passwordFaults(at, below);
  });
}

function passwordFault(path: KeyPath, address: string): readonly Fault[] {
  const found = `${JSON.stringify(withoutPassword(address))}, with a password that everybody would read who gets a record of it`;
  const expected =
    'an address without one; what has to be logged in for can be downloaded beforehand and named by file://';
  return hasPassword(address) ? [{ path, found, expected }] : [];
}

function gitFaults(component: Component, { git, mirrors, submodules }: GitSource): readonly Fault[] {
  const at = [component, 'source'];
  return [
    ...addressFault([...at, 'git'], git),
    ...mirrors.flatMap((mirror, index) => addressFault([...at, 'mirrors', index], mirror)),
    ...Object.entries(submodules).flatMap(([path, module]) => [
      ...addressFault([...at, 'submodules', path, 'git'], module.git),
      ...module.mirrors.flatMap((mirror, index) => addressFault([...at, 'submodules', path, 'mirrors', index], mirror)),
    ]),
  ];
}

function addressFault(path: KeyPath, address: string): readonly Fault[] {
  const allowed = checkGitAddress(address);
  if (allowed.ok) {
    return [];
  }
  const [why = '', right = ''] = allowed.failure.detail.split('; use ');
  return [{ path, found: `${JSON.stringify(allowed.failure.url)}: ${why}`, expected: right }];
}

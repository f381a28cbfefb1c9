import { COMPONENTS, type Component } from '../core/step.js';
import { checkGitAddress } from '../system/git-address.js';
import type { Fault } from './fault.js';
import type { KeyPath } from './located.js';
import type { GitSource, Recipe } from './schema.js';

/** Addresses that git is not asked to fetch from. */
export function addressFaults(recipe: Recipe): readonly Fault[] {
  return COMPONENTS.flatMap((name) => {
    const { source } = recipe[name];
    return 'git' in source ? gitFaults(name, source) : [];
  });
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
  return [{ path, found: `${JSON.stringify(address)}: ${why}`, expected: right }];
}

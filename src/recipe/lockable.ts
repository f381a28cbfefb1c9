import type { OtherConfigs } from '../core/failures/network.js';
import { COMPONENTS, type Component } from '../core/step.js';
import type { ConfigEntry, GitEntry, LockEntry, LockKey } from './lock-document.js';
import type { FetchedConfig, GitSource, Recipe, RecipeComponent } from './schema.js';

/** Something of a recipe that bootlap.lock may hold, and what an entry for it has to be made from. */
export interface Lockable {
  readonly key: LockKey;
  readonly basis: GitBasis | ConfigBasis;
}

/** What a held commit is found for. */
export type GitBasis = Omit<GitEntry, 'commit'>;
/** What a held digest is found for. */
export type ConfigBasis = Omit<ConfigEntry, 'sha256'>;

/** What of a recipe can be held: its git sources, and a fetched `.config` whose digest the recipe does not give. */
export function lockablesOf(recipe: Recipe): Lockable[] {
  return COMPONENTS.flatMap((component) => {
    const { source } = recipe[component];
    const config = fetchedConfig(recipe[component]);
    return [
      ...('git' in source ? [{ key: component, basis: gitBasis(source) } as const] : []),
      ...(config !== undefined && config.sha256 === undefined
        ? [{ key: `${component}-config`, basis: { url: config.url } } as const]
        : []),
    ];
  });
}

/** The address that a component's `.config` starts from, where it starts from one. */
export function fetchedConfig({ build }: RecipeComponent): FetchedConfig | undefined {
  const base = build?.system === 'kbuild' ? build.config.base : undefined;
  return typeof base === 'object' ? base : undefined;
}

/** The names of a component's configurations that need no network; `undefined` where there is none besides the chosen. */
export function otherConfigs(component: Component, { build }: RecipeComponent): OtherConfigs | undefined {
  const configs = build?.system === 'kbuild' ? Object.entries(build.configs) : [];
  const names = configs.flatMap(([name, { base }]) => (typeof base === 'string' ? [name] : []));
  return names.length === 0 ? undefined : { component, names };
}

function gitBasis({ git, branch, commit }: GitSource): GitBasis {
  return { git, branch, ...(commit === undefined ? {} : { insteadOf: commit }) };
}

/** Tells whether an entry was made from what the recipe says now. */
export function isMadeFrom(entry: LockEntry, basis: GitBasis | ConfigBasis): boolean {
  if ('url' in basis) {
    return 'url' in entry && entry.url === basis.url;
  }
  const { git, branch, insteadOf } = basis;
  return 'git' in entry && entry.git === git && entry.branch === branch && entry.insteadOf === insteadOf;
}

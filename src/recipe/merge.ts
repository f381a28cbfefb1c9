import { isMapping, type Located, type LocatedMapping } from './located.js';

/** The keys that tell one kind of source from another; a mapping with another of them is another kind of thing. */
const SOURCE_KINDS = ['installed', 'apt', 'apt-source', 'url', 'git', 'local', 'file'];

/** The kinds that are used as they are. */
const FINISHED_KINDS: readonly (string | undefined)[] = ['installed', 'file'];

/**
 * Lays one recipe over another: mappings merge key by key, lists and scalars replace, `null` takes a key away.
 * A source or build of another kind replaces the one below, because keys of two kinds mixed make neither. A source that
 * is used as it is leaves nothing of how the one below was built, a branch nothing of the commit below, and a
 * configuration of its own nothing of the choice between those below.
 */
export function mergeRecipes(below: Located, above: Located): Located {
  if (!isMapping(below) || !isMapping(above) || isOtherKind(below, above)) {
    return isMapping(above) ? withoutNulls(above) : above;
  }
  const merged = new Map(handedOn(below, above));
  for (const [key, value] of above.content) {
    const old = merged.get(key);
    if (value.content === null) {
      merged.delete(key);
    } else {
      merged.set(key, old === undefined ? withoutNulls(value) : mergeRecipes(old, value));
    }
  }
  return { origin: above.origin, content: merged };
}

/** Of a git source with a branch of its own the commit below is not on it, most likely. */
const PINNED_BY_BRANCH = ['commit', 'tree'];

function handedOn(below: LocatedMapping, above: LocatedMapping): ReadonlyMap<string, Located> {
  if (kindOf(below) === 'git' && above.content.has('branch')) {
    return new Map([...below.content].filter(([key]) => !PINNED_BY_BRANCH.includes(key)));
  }
  if (hasConfig(above) && !above.content.has('config')) {
    return new Map([...below.content].filter(([key]) => key !== 'config'));
  }
  const kind = sourceKind(above);
  return FINISHED_KINDS.includes(kind) && sourceKind(below) !== kind
    ? new Map([...below.content].filter(([key]) => key === 'source'))
    : below.content;
}

function hasConfig({ content }: LocatedMapping): boolean {
  const build = content.get('build');
  return isMapping(build) && build.content.has('config');
}

function sourceKind(component: LocatedMapping): string | undefined {
  const source = component.content.get('source');
  return isMapping(source) ? kindOf(source) : undefined;
}

function isOtherKind(below: LocatedMapping, above: LocatedMapping): boolean {
  const kinds = [kindOf(below), kindOf(above)];
  return !kinds.includes(undefined) && kinds[0] !== kinds[1];
}

function kindOf(mapping: LocatedMapping): string | undefined {
  const system = mapping.content.get('system')?.content;
  return typeof system === 'string' ? system : SOURCE_KINDS.find((kind) => mapping.content.has(kind));
}

function withoutNulls(node: Located): Located {
  if (!isMapping(node)) {
    return node;
  }
  const kept = [...node.content].filter(([, value]) => value.content !== null);
  return { origin: node.origin, content: new Map(kept.map(([key, value]) => [key, withoutNulls(value)])) };
}

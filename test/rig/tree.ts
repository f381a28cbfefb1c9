import type { RecipeComponent } from '../../src/recipe/schema.js';

/** A component of a recipe, of which a test says only what matters to it. */
export function component<T extends Partial<RecipeComponent>>(parts: T): RecipeComponent & T {
  return {
    source: { local: '/nowhere' },
    patches: [],
    fuzz: 0,
    outputs: {},
    requires: [],
    ...withSource(parts),
    ...parts,
  };
}

/** Not a local tree, unless the test says so. */
function withSource(parts: Partial<RecipeComponent>): Partial<RecipeComponent> {
  return { source: parts.source ?? { apt: 'linux-source', member: '*' } };
}

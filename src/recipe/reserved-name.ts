import type { Fault } from './fault.js';
import type { Recipe } from './schema.js';

/** Commands that keep outputs by their own name where those of a recipe would be. */
const COMMANDS = ['calibrate', 'compare', 'measure', 'sweep'];

/** A recipe with the name of such a command would take its outputs for its own. */
export function nameFaults({ name }: Pick<Recipe, 'name'>): readonly Fault[] {
  return COMMANDS.includes(name)
    ? [
        {
          path: ['name'],
          found: `"${name}"`,
          expected: `another name: "bootlap ${name}" keeps its outputs by this one`,
        },
      ]
    : [];
}

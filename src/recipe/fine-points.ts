import { isMapping, valueAt, type KeyPath, type Located } from './located.js';
import type { Recipe } from './schema.js';

/**
 * A recipe's values with what `kernel.points: fine` adds worked in: its patches after the kernel's, its points before
 * the one that it names, each of its phases after the one that it is a part of. Each keeps the line that it was
 * written on. The values as they are where `fine` is not asked for, or cannot be had, which `checkCoherence` tells.
 * @param recipe the same values, checked
 */
export function withFinePoints(node: Located, recipe: Recipe): Located {
  const place = recipe.points.findIndex(({ name }) => name === recipe.kernel.fine?.before);
  if (recipe.kernel.points !== 'fine' || place < 0) {
    return node;
  }
  const added = (key: string): readonly Located[] => listAt(node, ['kernel', 'fine', key]);
  const layers: readonly [KeyPath, readonly Located[]][] = [
    [
      ['kernel', 'patches'],
      [...listAt(node, ['kernel', 'patches']), ...added('patches')],
    ],
    [['points'], listAt(node, ['points']).toSpliced(place, 0, ...added('points'))],
    [['phases'], withParts(listAt(node, ['phases']), added('phases'))],
  ];
  return layers.reduce((whole, [path, list]) => replaced(whole, path, list), node);
}

/** Parts of a phase that is not there stand at the end, for the check to find. */
function withParts(phases: readonly Located[], parts: readonly Located[]): readonly Located[] {
  const partsOf = (whole: Located): readonly Located[] =>
    parts.filter((part) => textAt(part, 'in') === textAt(whole, 'name'));
  const placed = phases.flatMap(partsOf);
  return [...phases.flatMap((phase) => [phase, ...partsOf(phase)]), ...parts.filter((part) => !placed.includes(part))];
}

function textAt(node: Located, key: string): unknown {
  return valueAt(node, [key])?.content;
}

function listAt(node: Located, path: KeyPath): readonly Located[] {
  const content = valueAt(node, path)?.content;
  return Array.isArray(content) ? (content as readonly Located[]) : [];
}

function replaced(node: Located, [key, ...more]: KeyPath, list: readonly Located[]): Located {
  if (key === undefined || !isMapping(node)) {
    return { origin: node.origin, content: list };
  }
  const old = node.content.get(String(key)) ?? { origin: node.origin, content: [] };
  return { origin: node.origin, content: new Map([...node.content, [String(key), replaced(old, more, list)]]) };
}

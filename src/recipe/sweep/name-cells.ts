import { basename } from 'node:path';
import { canonicalJson, type Json } from '../../core/json.js';

/** Letters that a name has room for in a value. */
const SHORT = 24;

/**
 * A name for each of several cells, unique among them: `memory=128 kernel=linux-6.1`. An axis goes by the last part of its
 * key where no other axis has that, a value that is long or a mapping by its number; an axis that never changes is left out.
 * @param cells axis -> value
 */
export function nameCells(cells: readonly Readonly<Record<string, Json>>[]): string[] {
  const axes = [...new Set(cells.flatMap((cell) => Object.keys(cell)))];
  const values = new Map(axes.map((axis) => [axis, valueNames(cells, axis)]));
  const shown = axes.filter((axis) => isVarying(cells, axis));
  const keys = new Map(shown.map((axis) => [axis, shortKey(axis, shown)]));
  const names = cells.map((cell) => {
    const parts = shown.flatMap((axis) => {
      const value = cell[axis];
      const text = value === undefined ? undefined : values.get(axis)?.get(canonicalJson(value));
      return text === undefined ? [] : [`${keys.get(axis) ?? axis}=${text}`];
    });
    return parts.length === 0 ? 'base' : parts.join(' ');
  });
  return unique(names);
}

function isVarying(cells: readonly Readonly<Record<string, Json>>[], axis: string): boolean {
  const texts = new Set(cells.map((cell) => (cell[axis] === undefined ? '' : canonicalJson(cell[axis]))));
  return texts.size > 1;
}

function shortKey(axis: string, all: readonly string[]): string {
  const last = axis.slice(axis.lastIndexOf('.') + 1);
  const isUnique = all.filter((other) => other.slice(other.lastIndexOf('.') + 1) === last).length === 1;
  return isUnique ? last : axis;
}

function valueNames(cells: readonly Readonly<Record<string, Json>>[], axis: string): ReadonlyMap<string, string> {
  const found = new Map<string, Json>();
  for (const { [axis]: value } of cells) {
    if (value !== undefined) {
      found.set(canonicalJson(value), value);
    }
  }
  const texts = [...found.values()].map((value) => textOf(axis, value));
  const isTold = new Set(texts).size === texts.length;
  return new Map(
    [...found.keys()].map((key, index) => {
      const text = texts[index];
      return [key, isTold && text !== undefined ? text : `#${index + 1}`];
    }),
  );
}

/** `undefined` for a value that has no short text. */
function textOf(axis: string, value: Json): string | undefined {
  if (value !== null && typeof value === 'object') {
    return undefined;
  }
  const isPath = axis === 'recipe' || axis.startsWith('with.');
  const text = value === null ? 'none' : isPath ? basename(String(value)).replace(/\.ya?ml$/, '') : String(value);
  return text.length > SHORT || text === '' ? undefined : /\s/.test(text) ? JSON.stringify(text) : text;
}

function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

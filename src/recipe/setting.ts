import { resolve } from 'node:path';
import { z } from 'zod';
import { COMPONENTS } from '../core/step.js';
import type { SettingInvalid } from '../core/failures/recipe.js';
import { nearest } from '../core/nearest.js';
import { failed, success, type Result } from '../core/result.js';
import { parseSettingValue } from './document.js';
import { withHome } from './home.js';
import { isMapping, plain, type Located, type Origin } from './located.js';
import { mergeRecipes } from './merge.js';
import { recipeSchema } from './schema.js';
import { alternatives, below } from './shape.js';

/** What the command line lays over a recipe. */
export interface Settings {
  /** `--set`: `measure.boots=50`. */
  readonly settings: readonly string[];
  /** `--with`: `kernel=../linux`. */
  readonly with: readonly string[];
  /** Folder that their paths are relative to. Absolute. */
  readonly workingFolder: string;
}

/**
 * Lays `--with` and then `--set` over a recipe. Among the settings order does not count, unless two set the same key:
 * then the later holds. Whether a key exists is for the schema's check to say.
 */
export function applySettings(recipe: Located, request: Settings): Result<Located, SettingInvalid> {
  const layers: Located[] = [];
  for (const text of request.with) {
    const layer = localTree(text, request.workingFolder);
    if (!layer.ok) {
      return layer;
    }
    layers.push(layer.value);
  }
  for (const text of request.settings) {
    const layer = settingLayer(text, request.workingFolder);
    if (!layer.ok) {
      return layer;
    }
    layers.push(layer.value);
  }
  return success(layAll(recipe, layers));
}

/** Lays several layers over a recipe as settings: what they set together counts as one. */
export function layAll(recipe: Located, [first, ...more]: readonly Located[]): Located {
  return first === undefined ? recipe : mergeRecipes(recipe, more.reduce(layOver, first));
}

/** {@link mergeRecipes} for settings among themselves: a `null` has to stay, for it takes the recipe's key away. */
function layOver(below: Located, above: Located): Located {
  if (!(below.content instanceof Map) || !(above.content instanceof Map)) {
    return above;
  }
  const merged = new Map(below.content as ReadonlyMap<string, Located>);
  for (const [key, value] of above.content as ReadonlyMap<string, Located>) {
    const old = merged.get(key);
    merged.set(key, old === undefined ? value : layOver(old, value));
  }
  return { origin: above.origin, content: merged };
}

function localTree(text: string, workingFolder: string): Result<Located, SettingInvalid> {
  const [component, path = ''] = splitOnce(text);
  const invalid = (detail: string): Result<Located, SettingInvalid> =>
    failed({ reason: 'setting-invalid', setting: `--with ${text}`, detail });
  if (path === '') {
    return invalid('write it as --with COMPONENT=PATH, such as --with kernel=../linux');
  }
  if (!COMPONENTS.some((known) => known === component)) {
    const near = nearest(component, COMPONENTS);
    return invalid(
      `"${component}" is no component: ${COMPONENTS.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`,
    );
  }
  const origin: Origin = { file: '--with', folder: workingFolder, trusted: true };
  const local: Located = { origin, content: resolve(workingFolder, withHome(path)) };
  return success(nested([component, 'source', 'local'], local));
}

function settingLayer(text: string, workingFolder: string): Result<Located, SettingInvalid> {
  const [key, raw] = splitOnce(text);
  const path = key.split('.');
  const invalid = (detail: string): Result<Located, SettingInvalid> =>
    failed({ reason: 'setting-invalid', setting: `--set ${text}`, detail });
  if (raw === undefined || path.includes('')) {
    return invalid('write it as --set KEY=VALUE, such as --set measure.boots=50');
  }
  const schemas = schemasAt(path);
  if (schemas === 'list') {
    return invalid('a list is set as a whole, such as --set kernel.build.targets=[bzImage, modules]');
  }
  const value = settingValue(raw, schemas, { file: '--set', folder: workingFolder, trusted: true });
  return value === undefined ? invalid(`the value is no YAML: ${raw}`) : success(nested(path, atHome(path, value)));
}

/** What `--set kernel.source.file=~/bzImage` means. */
function atHome(path: readonly string[], value: Located): Located {
  const isPlace = /\.source\.(file|local)$/.test(path.join('.'));
  return isPlace && typeof value.content === 'string' ? { ...value, content: withHome(value.content) } : value;
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at).trim(), text.slice(at + 1)];
}

/** A value is YAML; where the key takes a text and YAML makes something else of it, the text as it was given. */
function settingValue(raw: string, schemas: readonly z.core.$ZodType[], origin: Origin): Located | undefined {
  const parsed = parseSettingValue(raw, origin);
  const isRemoval = parsed?.content === null && raw.trim() !== '';
  if (isRemoval || (parsed !== undefined && fitsOne(schemas, plain(parsed)))) {
    return parsed;
  }
  return isMeantAsText(raw, schemas, parsed) ? { origin, content: raw } : parsed;
}

function fitsOne(schemas: readonly z.core.$ZodType[], value: unknown): boolean {
  return schemas.some((schema) => (schema as z.ZodType).safeParse(value).success);
}

function isMeantAsText(raw: string, schemas: readonly z.core.$ZodType[], parsed: Located | undefined): boolean {
  const members = schemas.flatMap(alternatives);
  const texts = members.filter((member) => member instanceof z.ZodString);
  if (isMapping(parsed) || Array.isArray(parsed?.content)) {
    return texts.length > 0 && texts.length === members.length;
  }
  return texts.length > 0 || raw.trim() === '';
}

function schemasAt(path: readonly string[]): readonly z.core.$ZodType[] | 'list' {
  let schemas: readonly z.core.$ZodType[] = [recipeSchema];
  for (const key of path) {
    const next = schemas.flatMap((schema) => below(schema, key));
    if (
      next.length === 0 &&
      /^\d+$/.test(key) &&
      schemas.flatMap(alternatives).some((schema) => schema instanceof z.ZodArray)
    ) {
      return 'list';
    }
    schemas = next;
  }
  return schemas;
}

/** A value below so many keys: what `a.b=value` means. */
export function nested(path: readonly string[], value: Located): Located {
  return path.reduceRight<Located>((inner, key) => ({ origin: value.origin, content: new Map([[key, inner]]) }), value);
}

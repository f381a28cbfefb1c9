import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.js';
import { COMPONENTS } from '../../core/step.js';
import { recipeSchema } from '../schema.js';
import { sweepSchema } from '../schema/sweep.js';

/**
 * The schema of a sweep's file as JSON Schema (draft 2020-12), for editors: every key of a recipe that can be varied is
 * offered with what it may hold. What only the recipe knows is checked by `bootlap sweep FILE --dry-run`.
 */
export function sweepJsonSchema(): JsonObject {
  const { $schema, properties, ...body } = z.toJSONSchema(sweepSchema, { io: 'input' }) as unknown as JsonObject;
  const axes = { ...ofComponents(), ...dotted(z.toJSONSchema(recipeSchema, { io: 'input' }) as unknown as JsonObject) };
  const { recipe, set, with: trees, matrix, include, exclude, ...others } = properties as Record<string, JsonObject>;
  const cell = { ...axes, recipe: { type: 'string' } };
  const references = Object.keys(cell).map((axis) => [axis, { $ref: `#/$defs/cell/properties/${axis}` }] as const);
  const lists = Object.fromEntries(references.map(([axis, reference]) => [axis, listOf(reference)]));
  return {
    $schema,
    title: 'bootlap sweep',
    ...body,
    properties: {
      recipe,
      set: { ...set, ...mappingOf(Object.fromEntries(references.filter(([axis]) => axis !== 'recipe'))) },
      with: trees,
      matrix: { ...matrix, ...mappingOf(lists), additionalProperties: listOf({}) },
      include: { ...include, items: { $ref: '#/$defs/cell' } },
      exclude: { ...exclude, items: { $ref: '#/$defs/cell' } },
      ...others,
    },
    $defs: { cell: mappingOf(cell) },
  };
}

function mappingOf(properties: JsonObject): JsonObject {
  return { type: 'object', properties };
}

function listOf(items: Json | undefined): JsonObject {
  return { type: 'array', minItems: 1, items: items ?? {} };
}

function ofComponents(): JsonObject {
  const trees = COMPONENTS.map((component) => [
    `with.${component}`,
    { type: ['string', 'null'], description: 'A working tree; null: what the recipe has.' },
  ]);
  const patches = COMPONENTS.map((component) => [
    `patches.${component}`,
    { enum: ['on', 'off', true, false], description: 'on: the patches of the recipe; off: none.' },
  ]);
  return Object.fromEntries([...trees, ...patches]) as JsonObject;
}

/** The keys of a mapping, and of the mappings in it, as paths; `null` takes one away. A mapping as a whole may be anything. */
function dotted(schema: JsonObject, path = ''): JsonObject {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>;
  const entries = Object.entries(properties).flatMap(([key, value]) => {
    const own = `${path}${key}`;
    const members = [value, ...((value['anyOf'] ?? value['oneOf'] ?? []) as readonly JsonObject[])];
    const below = members.flatMap((member) => Object.entries(dotted(member, `${own}.`)));
    const { description } = value;
    const whole = description === undefined ? {} : { description };
    return [[own, below.length > 0 ? whole : { anyOf: [value, { type: 'null' }] }] as const, ...below];
  });
  return Object.fromEntries(merged(entries));
}

/** A key that two kinds of a mapping have may hold what either says. */
function merged(entries: readonly (readonly [string, Json | undefined])[]): Map<string, Json> {
  const found = new Map<string, Json>();
  for (const [key, schema = {}] of entries) {
    const before = found.get(key);
    const isSame = before === undefined || JSON.stringify(before) === JSON.stringify(schema);
    found.set(key, isSame ? schema : { anyOf: [before, schema] });
  }
  return found;
}

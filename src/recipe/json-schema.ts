import { z } from 'zod';
import type { Json, JsonObject } from '../core/json.js';
import { recipeSchema } from './schema.js';

/**
 * The recipe schema as JSON Schema (draft 2020-12), for editors.
 * A recipe that `extends` another may leave out any key, or take an optional one away with `null`; one that does not
 * has to be whole, but for its name, which is its file's when it gives none.
 */
export function recipeJsonSchema(): JsonObject {
  const whole = z.toJSONSchema(recipeSchema, { io: 'input' }) as unknown as JsonObject;
  const { $schema, description, ...body } = whole;
  const extension = {
    type: 'string',
    description: 'The name of a recipe that ships, or ./file.yaml beside or below this file.',
  };
  return {
    $schema,
    title: 'bootlap recipe',
    description,
    type: 'object',
    if: { required: ['extends'] },
    then: withProperty(partial(body) as JsonObject, 'extends', extension),
    else: withoutRequired(body, 'name'),
  };
}

function withProperty(schema: JsonObject, key: string, property: JsonObject): JsonObject {
  return { ...schema, properties: { [key]: property, ...(schema['properties'] as JsonObject) } };
}

function withoutRequired(schema: JsonObject, key: string): JsonObject {
  return { ...schema, required: (schema['required'] as readonly string[]).filter((each) => each !== key) };
}

/** The schema of a part of what the schema allows: nothing in it is required, and `null` may stand for a key taken away. */
function partial(schema: Json | undefined): Json | undefined {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) {
    return schema;
  }
  const { required, properties, oneOf, anyOf, ...rest } = schema as JsonObject;
  const members = (oneOf ?? anyOf) as readonly Json[] | undefined;
  return {
    ...rest,
    ...(members === undefined ? {} : { anyOf: members.map((member) => partial(member) ?? null) }),
    ...(properties === undefined
      ? {}
      : { properties: partialProperties(properties as JsonObject, (required ?? []) as readonly string[]) }),
  };
}

function partialProperties(properties: JsonObject, required: readonly string[]): JsonObject {
  const entries = Object.entries(properties).map(([key, schema]) => {
    const inner = partial(schema);
    return [key, required.includes(key) ? inner : { anyOf: [inner ?? {}, { type: 'null' }] }] as const;
  });
  return Object.fromEntries(entries);
}

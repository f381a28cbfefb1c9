import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recipeJsonSchema } from '../../src/recipe/json-schema.js';
import { packageFolder } from '../../src/system/environment.js';

it('the JSON Schema that editors read is that of the code; `npm run schema` brings it up to date', () => {
  const committed: unknown = JSON.parse(readFileSync(join(packageFolder, 'configs/recipe.schema.json'), 'utf8'));
  expect(recipeJsonSchema()).toEqual(committed);
});

it('asks a recipe that extends nothing for every component, and one that extends for none', () => {
  const schema = recipeJsonSchema() as unknown as Record<'then' | 'else', Part>;
  expect(schema.else.required).toEqual(['hypervisor', 'firmware', 'kernel', 'machine', 'points', 'phases', 'measure']);
  expect(schema.else.properties['kernel']?.required).toEqual(['source']);
  expect(schema.then.required).toBeUndefined();
  expect(schema.then.properties['kernel']?.required).toBeUndefined();
  expect(Object.keys(schema.then.properties)).toEqual(['extends', ...Object.keys(schema.else.properties)]);
});

interface Part {
  readonly required?: string[];
  readonly properties: Readonly<Record<string, Part>>;
}

/** `npm run schema`: writes the recipes' JSON Schema, for editors, from the one in src/recipe/schema.ts. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideBuild } from './set-up/build.mjs';
import { top } from './set-up/place.mjs';

const status = await provideBuild();
if (status === 0) {
  const { recipeJsonSchema } = await import('../dist/recipe/json-schema.js');
  writeFileSync(join(top, 'configs', 'recipe.schema.json'), `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`);
}
process.exitCode = status;

/** `npm run schema`: writes the JSON Schemas of recipes and of sweeps, for editors, from those in src/recipe. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideBuild } from './set-up/build.mjs';
import { top } from './set-up/place.mjs';

const status = await provideBuild();
if (status === 0) {
  const { recipeJsonSchema } = await import('../dist/recipe/json-schema.js');
  const { sweepJsonSchema } = await import('../dist/recipe/sweep/json-schema.js');
  for (const [name, schema] of Object.entries({ recipe: recipeJsonSchema(), sweep: sweepJsonSchema() })) {
    writeFileSync(join(top, 'configs', `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
  }
}
process.exitCode = status;

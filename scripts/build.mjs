/** `npm run build`, and what npm runs before it packs: the TypeScript build alone. */

import { provideBuild } from './set-up/build.mjs';

process.exitCode = await provideBuild();

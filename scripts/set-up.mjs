/**
 * All set-up and nothing else, for CI. The argument is the recipe that is to run, a name or a file: what it needs besides,
 * or the recipe that it extends, is seen to as well.
 */

import { setUp } from './set-up/index.mjs';
import { shippedRecipe } from './set-up/shipped-recipe.mjs';

process.exitCode = await setUp(shippedRecipe(process.argv[2] ?? 'stock'));

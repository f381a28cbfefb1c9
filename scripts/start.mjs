/**
 * `npm start`: all set-up, then `bootlap run stock` with the arguments passed on. A first argument that is no option
 * is the recipe: `npm start stock-source`, and what that needs besides is seen to as well. The exit status is bootlap's own.
 */

import { join } from 'node:path';
import { top } from './set-up/place.mjs';
import { setUp } from './set-up/index.mjs';

const given = process.argv.slice(2);
const recipe = given[0] === undefined || given[0].startsWith('-') ? ['stock'] : [];
const status = await setUp(recipe[0] ?? given[0]);
if (status === 0) {
  const program = join(top, 'dist', 'bin', 'cli.js');
  // In this very process: another Node would cost as much as a whole cached run.
  process.argv.splice(1, process.argv.length, program, 'run', ...recipe, ...given);
  await import(program);
} else {
  process.exitCode = status;
}

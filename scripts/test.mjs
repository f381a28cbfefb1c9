/** `npm test`: all set-up, then every test. Arguments go to vitest: `npm test -- test/recipe`. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { top } from './set-up/place.mjs';
import { setUp } from './set-up/index.mjs';

/** Tests with real servers are left out where those are missing, but not where every test has to run. */
const servers = process.env.BOOTLAP_EVERY_TEST === undefined ? [] : ['servers'];
const status = await setUp('tests', ...servers);
process.exitCode = status === 0 ? runTests() : status;

function runTests() {
  const runner = join(top, 'node_modules', 'vitest', 'vitest.mjs');
  const tests = spawnSync(process.execPath, [runner, 'run', ...process.argv.slice(2)], { cwd: top, stdio: 'inherit' });
  return tests.status ?? 1;
}

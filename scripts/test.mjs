/** `npm test`: all set-up, then every test. Arguments go to vitest: `npm test -- test/recipe`. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { top } from './set-up/place.mjs';
import { setUp } from './set-up/index.mjs';

const status = await setUp('tests');
process.exitCode = status === 0 ? runTests() : status;

function runTests() {
  const runner = join(top, 'node_modules', 'vitest', 'vitest.mjs');
  const tests = spawnSync(process.execPath, [runner, 'run', ...process.argv.slice(2)], { cwd: top, stdio: 'inherit' });
  return tests.status ?? 1;
}

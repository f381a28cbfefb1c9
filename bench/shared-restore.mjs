// A workspace that takes the builds from a shared cache, against one that makes them: both begin with nothing.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startNginx } from './nginx.mjs';
import { bootlap, BUILDS, root } from './places.mjs';
import { median, time } from './timing.mjs';

const ROUNDS = 3;
const RUN = ['run', 'stock', ...BUILDS];

export async function sharedRestore(parent) {
  const folder = join(parent, 'shared');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const key = join(folder, 'team');
  time(process.execPath, [join(root, 'dist', 'bin', 'cli.js'), 'keygen', '--out', key]);
  const nginx = await startNginx(join(folder, 'nginx'));
  try {
    const { built, taken } = buildAndTake(folder, { key, where: ['--remote-cache', nginx.address] });
    const what = '`stock`, sources to builds, in a new workspace: from a shared cache on the same machine';
    return [{ what, ours: taken, theirs: built, rival: 'built', goal: 'shown', met: true }];
  } finally {
    await nginx.close();
  }
}

/** The first workspace builds and then fills the cache; others begin anew each time. Both ask for the newest packages. */
function buildAndTake(folder, { key, where }) {
  const built = bootlap(join(folder, 'first'), RUN);
  console.log(`built: ${built.toFixed(1)} s`);
  const filled = bootlap(join(folder, 'first'), [...RUN, ...where, '--remote-cache-key', `${key}.key`]);
  console.log(`sent: ${filled.toFixed(1)} s`);
  const times = Array.from({ length: ROUNDS }, () => {
    rmSync(join(folder, 'second'), { recursive: true, force: true });
    return bootlap(join(folder, 'second'), [...RUN, ...where, '--trust', `${key}.pub`]);
  });
  console.log(`taken: ${times.map((value) => value.toFixed(1)).join(' ')} s`);
  return { built, taken: median(times) };
}

/** The whole set-up of a clone. When all is there it costs a few milliseconds. */

import { provideBuild } from './build.mjs';
import { provideNodePackages } from './node-packages.mjs';
import { STATUS } from './place.mjs';
import { provideSystemPackages, rememberSystemPackages } from './system-packages.mjs';

/** The oldest Node that our packages run on: major, minor. */
const OLDEST_NODE = [20, 19];

const STAGES = [checkNode, provideSystemPackages, provideNodePackages, provideBuild, rememberSystemPackages];

/**
 * Provides system packages, npm packages and the build, in this order: what we may not install is said before
 * anything else happens. Returns an exit status, 0 when all is there.
 * @param further sets of needs besides "setup": "tests", or the name of a recipe
 */
export async function setUp(...further) {
  const sets = ['setup', ...further];
  for (const provide of STAGES) {
    const status = await provide(sets);
    if (status !== STATUS.done) {
      return status;
    }
  }
  return STATUS.done;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) {
    return STATUS.done;
  }
  console.error(`bootlap: this is Node ${process.versions.node}; it needs ${OLDEST_NODE.join('.')} or newer`);
  return STATUS.hostNotFit;
}

import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt, uniqueSuffix } from '../../system/files.js';
import { explainFailure } from '../../ui/failure-text/index.js';
import { size } from '../../ui/quantities.js';
import { missing, ok, warn, type Check } from './check.js';

/** Sources, a kept kernel tree, its build and the cache, with some room. */
const NEEDED_BYTES = 6e9;

/** Whether the workspace, or the folder that it would be made in, can be written and has room. */
export function checkStorage(workspace: string): Check[] {
  const folder = nearestFolder(workspace);
  return [checkWritable(workspace, folder), checkRoom(folder)];
}

function nearestFolder(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestFolder(dirname(path));
}

function checkWritable(workspace: string, folder: string): Check {
  const probe = join(folder, `.bootlap-${uniqueSuffix()}`);
  const written = attempt(probe, () => {
    writeFileSync(probe, '');
    rmSync(probe);
  });
  if (written.ok) {
    return ok('workspace', `${workspace}${folder === workspace ? '' : ' (will be made)'}`);
  }
  const { headline } = explainFailure(written.failure);
  return missing('workspace', headline, 'give a folder of your own with --workspace DIR or BOOTLAP_WORKSPACE');
}

function checkRoom(folder: string): Check {
  const stat = attempt(folder, () => statfsSync(folder));
  if (!stat.ok) {
    return warn('disk space', 'could not be read', `look at ${folder}`);
  }
  const free = stat.value.bavail * stat.value.bsize;
  return free >= NEEDED_BYTES
    ? ok('disk space', `${size(free)} free`)
    : warn(
        'disk space',
        `${size(free)} free, the stock recipe takes about ${size(NEEDED_BYTES)}`,
        'make room, or take another disk with --workspace DIR',
      );
}

// Where the benches work.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { time } from './timing.mjs';

/** The clone. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** bootlap's own workspace for the benches. */
export const workspaceIn = (folder) => join(folder, 'workspace');

/** Where the hand-written script works. */
export const scriptFolderIn = (folder) => join(folder, 'script');

/** Everything up to the two builds: what the benches compare; boots are left out. */
export const BUILDS = ['--until', 'make:kernel', '--until', 'make:firmware'];

/** Runs bootlap's command line as a user would and gives its wall time in seconds. */
export function bootlap(folder, args, options = {}) {
  return time(
    process.execPath,
    [join(root, 'dist', 'bin', 'cli.js'), ...args, '--workspace', workspaceIn(folder)],
    options,
  );
}

/** The hand-written script's kernel tree. */
export const scriptKernelTree = (folder) => join(scriptFolderIn(folder), 'linux');

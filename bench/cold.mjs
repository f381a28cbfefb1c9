// A cold `stock` pipeline up to its builds, against a bash script with the same commands.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bootlap, BUILDS, root, scriptFolderIn, workspaceIn } from './places.mjs';
import { time } from './timing.mjs';

export function cold(folder) {
  rmSync(workspaceIn(folder), { recursive: true, force: true });
  rmSync(scriptFolderIn(folder), { recursive: true, force: true });
  mkdirSync(scriptFolderIn(folder), { recursive: true });
  const theirs = time('bash', [join(root, 'bench', 'cold.sh'), root], { cwd: scriptFolderIn(folder) });
  console.log(`script: ${theirs.toFixed(1)} s`);
  const ours = bootlap(folder, ['run', 'stock', ...BUILDS]);
  console.log(`bootlap: ${ours.toFixed(1)} s`);
  return [
    {
      what: 'cold `stock` pipeline, sources to builds',
      ours,
      theirs,
      rival: 'bash script',
      goal: '1.05x',
      met: ours <= 1.05 * theirs,
    },
  ];
}

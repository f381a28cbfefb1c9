// Unpacking the kernel's archive with the code that `patch:kernel` uses, against GNU tar.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, workspaceIn } from './places.mjs';
import { interleaved, time } from './timing.mjs';

const ROUNDS = 3;

export function unpack(folder) {
  const source = join(workspaceIn(folder), 'out', 'stock', 'fetch-kernel', 'source');
  const archive = join(
    source,
    readdirSync(source).find((name) => name.includes('.tar')),
  );
  const into = join(folder, 'unpacked');
  const fresh = () => {
    rmSync(into, { recursive: true, force: true });
    mkdirSync(into);
    // What the one before has left to be written would be written on this one's time.
    time('sync', []);
  };
  const { ours, theirs } = interleaved(ROUNDS, {
    theirs: () => {
      fresh();
      return time('tar', ['-xf', archive, '-C', into]);
    },
    ours: () => {
      fresh();
      return time(process.execPath, [join(root, 'bench', 'unpack-one.mjs'), archive, into]);
    },
  });
  rmSync(into, { recursive: true });
  return [
    { what: "unpacking the kernel's archive", ours, theirs, rival: 'GNU tar', goal: '1.3x', met: ours <= 1.3 * theirs },
  ];
}

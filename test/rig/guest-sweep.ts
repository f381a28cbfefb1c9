import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTinyProject } from './tiny-project.js';
import { buildGuest } from './vm-guest.js';
import { fakeBzImage } from './vm-offer.js';

/** A sweep over the distribution's QEMU, whose firmware is a guest that make "builds" and that ends at once. */
export interface GuestSweep {
  /** One line for each start of a VM: its memory in MiB. */
  boots(): string[];
  /** One line for each time that the firmware was built. */
  builds(): string[];
  /** While it is held, a VM that is started waits. */
  hold(isHeld: boolean): void;
  /** So many builds fail from now on. */
  failBuilds(count: number): void;
  /** Writes the sweep's file, `cells.yaml`, after the lines that name the recipe. */
  write(lines: string): void;
}

const GUEST = [{ write: [0xf5, 1] }, { write: [0xf4, 3] }, { write: [0xf7, 1] }, 'hang'] as const;

/** Puts recipe, firmware and a QEMU that writes down its boots into a folder. Whoever runs them may write there. */
export function makeGuestSweep(folder: string, measure: string): GuestSweep {
  makeTinyProject(
    folder,
    `echo built >> ${folder}/built; ! [ -s ${folder}/fail ] || { sed -i 1d ${folder}/fail; false; }`,
  );
  const repository = join(folder, 'repository');
  writeFileSync(join(repository, 'version.txt'), readFileSync(buildGuest(join(folder, 'guest'), GUEST)));
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  execFileSync('git', [...identity, 'commit', '-qam', 'guest'], { cwd: repository });
  fakeBzImage(folder);
  mkdirSync(join(folder, 'vm'));
  writeFileSync(join(folder, 'vm', 'qemu'), qemuThatCounts(folder), { mode: 0o755 });
  writeFileSync(join(folder, 'guest.yaml'), recipe(repository, measure));
  return {
    boots: () => linesOf(join(folder, 'booted')),
    builds: () => linesOf(join(folder, 'built')),
    hold: (isHeld) =>
      isHeld ? writeFileSync(join(folder, 'hold'), '') : rmSync(join(folder, 'hold'), { force: true }),
    failBuilds: (count) => writeFileSync(join(folder, 'fail'), 'x\n'.repeat(count)),
    write: (lines) => writeFileSync(join(folder, 'cells.yaml'), `recipe: ./guest.yaml\n${lines}\n`),
  };
}

/** A short line that is appended by one write is not torn by others. */
function qemuThatCounts(folder: string): string {
  return `#!/bin/sh
memory=
for word in "$@"; do
  [ "$before" != -m ] || memory=$word
  before=$word
done
[ -z "$memory" ] || echo "$memory" >> ${folder}/booted
while [ -n "$memory" ] && [ -e ${folder}/hold ]; do sleep 0.2; done
exec qemu-system-x86_64 "$@"
`;
}

function recipe(repository: string, measure: string): string {
  return `name: guest
hypervisor: { source: { file: vm/qemu } }
firmware:
  source: { git: "file://${repository}", branch: main }
  build: { system: make, targets: [all] }
  outputs: { image: bios.bin }
kernel: { source: { file: ./bzImage } }
init: none
machine: { type: pc, accel: tcg, memory: 64 }
points:
  - { name: firmware, port: 0xf5, value: 1 }
  - { name: kernel, port: 0xf4, value: 3 }
  - { name: last, port: 0xf7, value: 1 }
phases:
  - { name: tQEMU, to: firmware }
  - { name: tRest, from: firmware, to: last }
measure: ${measure}
`;
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

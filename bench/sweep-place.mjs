// A sweep of any number of cells over a recipe of finished files, whose VM is there at once.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Writes recipe, files and `cells.yaml` into a folder. */
export function makeSweepPlace(folder, cells) {
  mkdirSync(folder, { recursive: true });
  const source = join(dirname(fileURLToPath(import.meta.url)), 'fake-vm.c');
  execFileSync('cc', ['-O2', '-static', '-o', join(folder, 'qemu-system-x86_64'), source]);
  writeFileSync(join(folder, 'bios.bin'), Buffer.alloc(65_536, 0xf4));
  const image = Buffer.alloc(8192);
  image.write('HdrS', 0x202, 'latin1');
  writeFileSync(join(folder, 'bzImage'), image);
  writeFileSync(
    join(folder, 'fake.yaml'),
    `name: fake
hypervisor: { source: { file: ./qemu-system-x86_64 } }
firmware: { source: { file: ./bios.bin } }
kernel: { source: { file: ./bzImage } }
machine: { type: pc, accel: tcg }
points: [{ name: firmware, port: 0xf5, value: 1 }]
phases: [{ name: tQEMU, to: firmware }]
measure: { method: exit, boots: 2, warmup: 0 }
`,
  );
  const [memory, cpus] = [Math.ceil(cells / 40), 40];
  writeFileSync(
    join(folder, 'cells.yaml'),
    `recipe: ./fake.yaml
matrix:
  machine.memory: ${JSON.stringify(range(64, memory))}
  machine.cpus: ${JSON.stringify(range(1, cpus))}
`,
  );
}

function range(from, count) {
  return Array.from({ length: count }, (_, index) => from + index);
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeBzImage, fakeFirmware, offeringHypervisor, QEMU_HELP } from './vm-offer.js';

/**
 * Writes `fake.yaml` into a folder: a recipe of finished files whose hypervisor takes 60 ms to user space, and 120 ms
 * with the CPU model `slow`. Gives the line that declares tKernel.
 */
export function writeFakeRecipe(folder: string): number {
  const body = `case "$port" in
  0xf5) sleep 0.02; exit 3 ;;
  0xf6) [ "$cpu" != slow ] || sleep 0.06; sleep 0.06; exit 5 ;;
esac`;
  const text = writeFinishedFiles(folder, { body, cpu: 'fast', measure: '{ method: exit, boots: 8, warmup: 1 }' });
  return text.split('\n').findIndex((line) => line.includes('tKernel')) + 1;
}

/** A recipe of finished files. */
export interface FinishedFiles {
  /** What the hypervisor does, in the words of a shell, once it has read its arguments: `$port`, `$cpu`. */
  readonly body: string;
  /** Missing where the recipe is to leave it to the hypervisor. */
  readonly cpu?: string;
  readonly measure: string;
  /** Further keys of the last point: `, boots: 1`. */
  readonly lastPoint?: string;
}

/** Writes the files and `fake.yaml`; gives the recipe's text. Points: `firmware` at 0xf5, `user-space` at 0xf6. */
export function writeFinishedFiles(folder: string, { body, ...recipe }: FinishedFiles): string {
  offeringHypervisor(join(folder, 'vm'), QEMU_HELP, body);
  fakeFirmware(folder);
  fakeBzImage(folder);
  return writeFinishedRecipe(folder, recipe);
}

/** Writes `fake.yaml` alone, where the files are. */
export function writeFinishedRecipe(
  folder: string,
  { cpu, measure, lastPoint = '' }: Omit<FinishedFiles, 'body'>,
): string {
  const text = `name: fake
hypervisor: { source: { file: vm/qemu-system-x86_64_virt } }
firmware: { source: { file: ./bios.bin } }
kernel: { source: { file: ./bzImage } }
machine: { type: pc, accel: tcg${cpu === undefined ? '' : `, cpu: ${cpu}`} }
points: [{ name: firmware, port: 0xf5, value: 1 }, { name: user-space, port: 0xf6, value: 2 ${lastPoint} }]
phases:
  - { name: tQEMU, to: firmware }
  - { name: tKernel, from: firmware, to: user-space }
measure: ${measure}
`;
  writeFileSync(join(folder, 'fake.yaml'), text);
  return text;
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BundleDocument } from '../../src/bundle/bundle-document.js';
import { descriptorOutlet, recorders, vmArguments } from '../../src/measure/vm.js';

/** The first descriptor of the stopwatch's markers. */
const FIRST_MARKER = 10;

/**
 * Boots an unpacked bundle once under TCG with nothing around it: its folder's parent becomes the root of the process,
 * without a network. Gives what came at the points' ports.
 */
export function bootBundle(root: string, top: string): { marker: number; byte: number }[] {
  const at = (path = ''): string => `/${basename(top)}/${path}`;
  const { vm, stopwatch, machine, points } = JSON.parse(
    readFileSync(join(top, 'bundle.json'), 'utf8'),
  ) as BundleDocument;
  const { hypervisor } = vm;
  if (hypervisor.kind !== 'included' || hypervisor.loader === undefined) {
    throw new Error('a hypervisor with its loader is needed');
  }
  const ports = points.map(({ port }) => port);
  const images = { firmware: at(vm.firmware), kernel: at(vm.kernel), ...(vm.init && { initrd: at(vm.init) }) };
  const words = vmArguments(
    { hypervisor: at(hypervisor.program), dataFolder: at(hypervisor.data), ...images, accelerator: 'tcg', machine },
    undefined,
    recorders(ports, (index) => descriptorOutlet(FIRST_MARKER + index)),
  );
  const timing = [
    '--timeout-ms',
    '60000',
    '--markers',
    `${ports.length}`,
    '--end-at',
    `${ports.length - 1}:${points.at(-1)?.value ?? 0}`,
  ];
  const loader = [at(hypervisor.loader), '--library-path', at(hypervisor.libraries), at(hypervisor.program)];
  const output = execFileSync('unshare', ['-n', 'chroot', root, at(stopwatch), ...timing, '--', ...loader, ...words], {
    env: { PATH: process.env['PATH'], QEMU_MODULE_DIR: at(hypervisor.modules) },
    encoding: 'utf8',
  });
  return (JSON.parse(output) as { markers: { marker: number; byte: number }[] }).markers;
}

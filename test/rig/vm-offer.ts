import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeHypervisor, SOUND_FAKE } from './vm-fake.js';

/** What `-machine help`, `-device help` and `-accel help` of the distribution's QEMU and of NEMU print, shortened. */
export const QEMU_HELP = {
  machines: `Supported machines are:
microvm              microvm (i386)
pc                   Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-7.2)
pc-i440fx-7.2        Standard PC (i440FX + PIIX, 1996) (default)
q35                  Standard PC (Q35 + ICH9, 2009) (alias of pc-q35-7.2)
none                 empty machine`,
  devices: `Controller/Bridge/Hub devices:
name "i82801b11-bridge", bus PCI

Misc devices:
name "isa-debug-exit", bus ISA
name "isa-debugcon", bus ISA`,
  accelerators: 'Accelerators supported in QEMU binary:\ntcg\nkvm',
};
/** It has no TCG; its version names what it never had. */
export const NEMU_HELP = {
  machines: `Supported machines are:
none                 empty machine
virt                 virt-4.0 (alias of virt-4.0) (default)`,
  devices: `Controller/Bridge/Hub devices:
name "pci-bridge", bus PCI, desc "Standard PCI Bridge"

Misc devices:
name "sysbus-debugexit", bus System`,
  accelerators: 'Possible accelerators: kvm, xen, hax, tcg',
};

/** A hypervisor that can be asked what it offers, and is else {@link fakeHypervisor}. It writes down how it was called. */
export function offeringHypervisor(folder: string, help: typeof QEMU_HELP, body = SOUND_FAKE): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'machines'), `${help.machines}\n`);
  writeFileSync(join(folder, 'devices'), `${help.devices}\n`);
  writeFileSync(join(folder, 'accelerators'), `${help.accelerators}\n`);
  const path = join(folder, 'qemu-system-x86_64_virt');
  const script = `#!/bin/sh
case "$1 $2" in
  '-machine help') exec cat ${folder}/machines ;;
  '-device help') exec cat ${folder}/devices ;;
  '-accel help') exec cat ${folder}/accelerators ;;
  '--version '*) echo 'QEMU emulator version 4.0.0'; exit 0 ;;
esac
echo "$*" >> ${folder}/calls
exec ${fakeHypervisor(folder, body)} "$@"
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

/** The arguments of each boot so far. */
export function callsOf(hypervisor: string): string[] {
  return readFileSync(join(hypervisor, '..', 'calls'), 'utf8')
    .trimEnd()
    .split('\n');
}

/** A file that passes for a bzImage, and boots nothing. */
export function fakeBzImage(folder: string): string {
  const image = Buffer.alloc(8192);
  image.write('HdrS', 0x202, 'latin1');
  return file(folder, 'bzImage', image);
}

/** A file that passes for a firmware image, and boots nothing. */
export function fakeFirmware(folder: string): string {
  return file(folder, 'bios.bin', Buffer.alloc(65_536, 0xf4));
}

function file(folder: string, name: string, bytes: Buffer): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

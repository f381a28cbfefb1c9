import { expect, test } from 'vitest';
import { askHypervisor, type Offer } from '../../../src/commands/measure/offer.js';
import { pickMachine, type Picked } from '../../../src/commands/measure/pick.js';
import type { Wish } from '../../../src/commands/measure/wish.js';
import { temporaryFolders } from '../../rig/folder.js';
import { NEMU_HELP, offeringHypervisor, QEMU_HELP } from '../../rig/vm-offer.js';

const folder = temporaryFolders();

async function offer(help: typeof QEMU_HELP): Promise<Offer> {
  const asked = await askHypervisor(offeringHypervisor(folder(), help), new AbortController().signal);
  if (!asked.ok) {
    throw new Error(JSON.stringify(asked.failure));
  }
  return asked.value;
}

function pick(of: Offer, changes: Partial<Wish> = {}): Partial<Picked> | string {
  const files = { hypervisor: '/n/qemu', firmware: '/f', kernel: '/k' };
  const wish = { files, machine: undefined, accel: 'auto', cpu: undefined, ...changes } as Wish;
  const picked = pickMachine(of, wish);
  return picked.ok ? picked.value : picked.failure.detail;
}

test('NEMU gets its virt machine, its own exit device, KVM, and a way out where the host refuses its processor', async () => {
  expect(pick(await offer(NEMU_HELP))).toEqual({
    type: 'virt',
    exitDevice: 'sysbus-debugexit',
    accel: 'kvm',
    cpu: 'host',
    cpuFallbacks: ['qemu64,arch-capabilities=off'],
    why: 'qemu offers sysbus-debugexit: taking that on the machine "virt"; it needs KVM',
  });
});

test('QEMU gets a PC with the exit device on its ISA bus, and any accelerator', async () => {
  expect(pick(await offer(QEMU_HELP))).toEqual({
    type: 'pc',
    exitDevice: 'isa-debug-exit',
    accel: 'auto',
    cpu: undefined,
    cpuFallbacks: [],
    why: 'qemu offers isa-debug-exit: taking that on the machine "pc"',
  });
});

test('a QEMU without pc gets another machine that has an ISA bus', async () => {
  const { devices } = await offer(QEMU_HELP);
  expect(pick({ devices, machines: ['microvm'] })).toMatchObject({ type: 'microvm' });
});

test('what the command line says wins', async () => {
  expect(pick(await offer(QEMU_HELP), { machine: 'q35', accel: 'tcg', cpu: 'max' })).toMatchObject({
    type: 'q35',
    exitDevice: 'isa-debug-exit',
    accel: 'tcg',
    cpu: 'max',
  });
  expect(pick(await offer(NEMU_HELP), { cpu: 'qemu64', accel: 'tcg' })).toMatchObject({
    accel: 'tcg',
    cpu: 'qemu64',
    cpuFallbacks: [],
  });
});

test('a NEMU with both devices uses the one that its machine has a bus for', () => {
  const both = { devices: ['isa-debug-exit', 'sysbus-debugexit'], machines: ['pc', 'virt'] };
  expect(pick(both)).toMatchObject({ type: 'pc', exitDevice: 'isa-debug-exit' });
  expect(pick(both, { machine: 'virt' })).toMatchObject({ type: 'virt', exitDevice: 'sysbus-debugexit' });
  expect(pick(both, { machine: 'virt,usb=off' })).toMatchObject({ exitDevice: 'sysbus-debugexit' });
});

test('a NEMU with both devices and no machine but its own uses that, with the device that fits', () => {
  const own = { devices: ['isa-debug-exit', 'sysbus-debugexit'], machines: ['none', 'virt'] };
  expect(pick(own)).toMatchObject({ type: 'virt', exitDevice: 'sysbus-debugexit', accel: 'kvm' });
});

test('a hypervisor without an exit device cannot be measured, and that is said', () => {
  expect(pick({ devices: ['virtio-net'], machines: ['pc'] })).toContain('neither isa-debug-exit nor sysbus-debugexit');
});

test('a program that is no QEMU is told from one', async () => {
  const asked = await askHypervisor('/bin/false', new AbortController().signal);
  expect(asked).toMatchObject({ ok: false, failure: { reason: 'hypervisor-unfit', binary: '/bin/false' } });
});

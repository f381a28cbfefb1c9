import { basename } from 'node:path';
import type { HypervisorUnfit } from '../../core/failures/measure.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Machine } from '../../recipe/schema.js';
import type { Offer } from './offer.js';
import type { Wish } from './wish.js';

/** The machine that is taken, and why. */
export interface Picked {
  readonly type: string;
  readonly exitDevice: Machine['exit-device'];
  readonly accel: Machine['accel'];
  /** `undefined`: the hypervisor's own choice. */
  readonly cpu: string | undefined;
  readonly cpuFallbacks: readonly string[];
  /** For a person. */
  readonly why: string;
}

/**
 * Picks what the command line leaves open from what the hypervisor offers: NEMU's `virt` with its own exit device and
 * KVM, or a PC with the one that QEMU has. Fails with `hypervisor-unfit` where it has no exit device.
 */
export function pickMachine(offer: Offer, wish: Wish): Result<Picked, HypervisorUnfit> {
  const device = exitDevice(offer, wish);
  if (device === undefined) {
    const detail = 'it has neither isa-debug-exit nor sysbus-debugexit, by which a guest ends it';
    return failed({ reason: 'hypervisor-unfit', binary: wish.files.hypervisor, detail });
  }
  const type = wish.machine ?? machineFor(device, offer);
  const isNemu = device === 'sysbus-debugexit';
  return success({
    type,
    exitDevice: device,
    // It asserts an interrupt controller that only KVM has.
    accel: isNemu && wish.accel === 'auto' ? 'kvm' : wish.accel,
    ...(isNemu ? nemuProcessor(wish) : { cpu: wish.cpu, cpuFallbacks: [] }),
    why: why({ device, type, wish }),
  });
}

function exitDevice({ devices, machines }: Offer, { machine }: Wish): Machine['exit-device'] | undefined {
  const hasIsa = devices.includes('isa-debug-exit');
  // A virt machine has no ISA bus to put the other one on; earlier NEMUs offer that one all the same.
  const isVirt =
    machine === undefined ? machines.includes('virt') && pcOf(machines) === undefined : /^virt\b/.test(machine);
  if (devices.includes('sysbus-debugexit') && (isVirt || !hasIsa)) {
    return 'sysbus-debugexit';
  }
  return hasIsa ? 'isa-debug-exit' : undefined;
}

/** Of machines with an ISA bus, the one that boots with and without KVM. */
const PCS = ['pc', 'q35', 'microvm'];

function pcOf(machines: readonly string[]): string | undefined {
  return PCS.find((type) => machines.includes(type));
}

function machineFor(device: Machine['exit-device'], { machines }: Offer): string {
  return device === 'sysbus-debugexit' ? 'virt' : (pcOf(machines) ?? 'pc');
}

/** What its own loop gives it, and what works where a newer host's KVM refuses that. */
function nemuProcessor({ cpu, accel }: Wish): Pick<Picked, 'cpu' | 'cpuFallbacks'> {
  return cpu === undefined && accel !== 'tcg'
    ? { cpu: 'host', cpuFallbacks: ['qemu64,arch-capabilities=off'] }
    : { cpu, cpuFallbacks: [] };
}

interface Choice {
  readonly device: Machine['exit-device'];
  readonly type: string;
  readonly wish: Wish;
}

function why({ device, type, wish }: Choice): string {
  const binary = basename(wish.files.hypervisor);
  const asked = wish.machine === undefined ? '' : ', as asked';
  const needs = device === 'sysbus-debugexit' && wish.accel === 'auto' ? '; it needs KVM' : '';
  return `${binary} offers ${device}: taking that on the machine "${type}"${asked}${needs}`;
}

import type { Machine } from '../recipe/schema.js';

/** What runs the guest's instructions. */
export type Accelerator = 'kvm' | 'tcg';

/** A VM that is ready to be started: programs, images, and a machine that is settled. */
export interface Vm {
  /** The hypervisor, absolute. */
  readonly hypervisor: string;
  /** Folder with the hypervisor's own ROMs, for one that is not installed. */
  readonly dataFolder?: string;
  readonly firmware: string;
  readonly kernel: string;
  /** Initial RAM disk, where there is one. */
  readonly initrd?: string;
  readonly accelerator: Accelerator;
  readonly machine: Machine;
}

/** A port that the exit device listens on. */
export interface ExitPort {
  readonly port: number;
}

/** The value of a setting that may be one for all accelerators or one for each. */
export function forAccelerator(
  setting: string | { readonly kvm: string; readonly tcg: string },
  accelerator: Accelerator,
): string {
  return typeof setting === 'string' ? setting : setting[accelerator];
}

/**
 * The hypervisor's arguments for one boot. Nothing of the user's own set-up gets in (`-nodefaults`,
 * `-no-user-config`), the guest's console is the standard output, and a reset ends the VM (`-no-reboot`).
 * @param exit where the exit device listens; `undefined` for a boot without one
 * @param further arguments of the caller's, before those of the recipe, which come last
 */
export function vmArguments(vm: Vm, exit: ExitPort | undefined, further: readonly string[] = []): string[] {
  const { machine, accelerator } = vm;
  return [
    ...(vm.dataFolder === undefined ? [] : ['-L', vm.dataFolder]),
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-machine', forAccelerator(machine.type, accelerator), '-accel', accelerator],
    ...(machine.cpu === undefined ? [] : ['-cpu', forAccelerator(machine.cpu, accelerator)]),
    ...['-m', String(machine.memory), '-smp', String(machine.cpus)],
    ...['-bios', vm.firmware, '-kernel', vm.kernel],
    ...(vm.initrd === undefined ? [] : ['-initrd', vm.initrd]),
    ...(machine.append === '' ? [] : ['-append', machine.append]),
    ...(exit === undefined ? [] : ['-device', exitDevice(machine, exit.port)]),
    ...further,
    ...machine.arguments,
  ];
}

/** Where the bytes of a port go. */
export interface Outlet {
  /** Arguments of the hypervisor that have to come before. */
  readonly before?: readonly string[];
  readonly path: string;
  /** True: what is there is added to and not emptied, which a pipe could not be. */
  readonly append?: true;
}

/**
 * A recorder (`isa-debugcon`) on each of these ports, which hands on every byte that the guest writes there and lets it
 * go on. Needs a machine with an ISA bus.
 * @param outlet of the port at a position of the list
 */
export function recorders(ports: readonly number[], outlet: (index: number) => Outlet): string[] {
  return ports.flatMap((port, index) => {
    const { path, before = [], append } = outlet(index);
    const name = `port${port.toString(16)}`;
    // A comma ends a value there unless it is doubled.
    const file = `file,id=${name},path=${path.replaceAll(',', ',,')}${append === true ? ',append=on' : ''}`;
    return [...before, '-chardev', file, '-device', `isa-debugcon,iobase=0x${port.toString(16)},chardev=${name}`];
  });
}

/** An outlet into a descriptor that the hypervisor has from its start, such as the writing end of a pipe. */
export function descriptorOutlet(descriptor: number): Outlet {
  const before = ['-add-fd', `fd=${descriptor},set=${descriptor}`];
  return { before, path: `/dev/fdset/${descriptor}`, append: true };
}

/** `iosize` is always given: the device's default of 2 also catches writes to the next port. */
function exitDevice(machine: Machine, port: number): string {
  return `${machine['exit-device']},iobase=0x${port.toString(16)},iosize=0x${machine['exit-iosize'].toString(16)}`;
}

/** The status with which the hypervisor ends when the guest writes `value` to the exit device. */
export function statusOf(value: number): number {
  // A process status has eight bits.
  return ((value << 1) | 1) & 0xff;
}

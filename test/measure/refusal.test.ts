import { expect, test } from 'vitest';
import { explainRefusal, parseMachines } from '../../src/measure/refusal.js';

function explain(errors: string): unknown {
  return explainRefusal({ errors, machine: 'mircovm', knownMachines: ['pc', 'q35', 'microvm'] });
}

test('a machine without the bus of the exit device lacks that device', () => {
  const errors = `/opt/qemu-system-x86_64: -device isa-debug-exit,iobase=0xf4: No 'ISA' bus found for device 'isa-debug-exit'`;
  expect(explain(errors)).toEqual({ kind: 'no-such-device', device: 'isa-debug-exit' });
});

test('an unknown machine type comes with the nearest that there is', () => {
  const errors = 'qemu-system-x86_64: unsupported machine type\nUse -machine help to list supported machines\n';
  expect(explain(errors)).toEqual({
    kind: 'no-such-machine',
    machine: 'mircovm',
    known: ['pc', 'q35', 'microvm'],
    nearest: 'microvm',
  });
});

test('a hypervisor without KVM in it says so about KVM', () => {
  expect(explain('qemu-system-x86_64: -accel kvm: invalid accelerator kvm\n')).toMatchObject({ kind: 'kvm-unusable' });
});

test('warnings before it are not taken for the reason', () => {
  const errors = "qemu-system-x86_64: warning: old\nqemu-system-x86_64: unable to find CPU model 'x'\n";
  expect(explain(errors)).toEqual({ kind: 'hypervisor-error', message: "unable to find CPU model 'x'" });
});

test('the list of machines has their names alone', () => {
  const help =
    'Supported machines are:\nmicrovm              microvm (i386)\npc   Standard PC (alias of x)\nnone  empty\n';
  expect(parseMachines(help)).toEqual(['microvm', 'pc']);
});

import { expect, test } from 'vitest';
import { cpuRefusal, explainRefusal, parseMachines } from '../../src/measure/refusal.js';

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

test.each([
  ['qemu-system-x86_64_virt: error: failed to set MSR 0x10a to 0x8000000\n', undefined, 'failed to set MSR 0x10a'],
  ["qemu-system-x86_64: CPU model 'host' requires KVM or HVF\n", 1, "CPU model 'host' requires KVM or HVF"],
  ["qemu-system-x86_64: Host doesn't support requested features\n", 1, "Host doesn't support requested features"],
  ["qemu-system-x86_64: TCG doesn't support requested features\n", 1, "TCG doesn't support requested features"],
])('a CPU model that cannot be had is recognised by %s', (errors, status, words) => {
  const end = status === undefined ? {} : { status };
  expect(cpuRefusal({ ...end, timedOut: false, errors })).toBe(words);
});

test('a boot that ended as it must is no refusal of the CPU model, whatever was said', () => {
  const errors = 'qemu-system-x86_64: error: failed to set MSR 0x10a to 0x0\n';
  expect(cpuRefusal({ status: 3, timedOut: false, errors })).toBeUndefined();
  expect(cpuRefusal({ timedOut: true, errors })).toBeUndefined();
});

test('a feature that is merely warned of is no refusal, as QEMU warns wherever KVM lacks one', () => {
  const errors = "qemu-system-x86_64: warning: host doesn't support requested feature: CPUID.01H:ECX.pni [bit 0]\n";
  expect(cpuRefusal({ status: 1, timedOut: false, errors })).toBeUndefined();
});

import { expect, test } from 'vitest';
import { statusOf, vmArguments, type Vm } from '../../src/measure/vm.js';
import { guestRecipe } from '../rig/vm-step.js';

function vm(machine: Record<string, unknown> = {}): Vm {
  const recipe = guestRecipe({ machine });
  return { hypervisor: '/qemu', firmware: '/fw', kernel: '/bzImage', accelerator: 'tcg', machine: recipe.machine };
}

test('the width of the exit device is always given, because its default catches the next port', () => {
  expect(vmArguments(vm(), { port: 0xf4 })).toContain('isa-debug-exit,iobase=0xf4,iosize=0x1');
});

test("nothing of the user's own configuration gets into the machine", () => {
  expect(vmArguments(vm(), undefined)).toEqual(
    expect.arrayContaining(['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot']),
  );
});

test("the recipe's further arguments come last, so that they win", () => {
  expect(vmArguments(vm({ arguments: ['-smp', '4'] }), { port: 1 }, ['-x']).slice(-3)).toEqual(['-x', '-smp', '4']);
});

test('each accelerator gets its own machine and processor', () => {
  const own = vm({ type: { kvm: 'microvm', tcg: 'pc' }, cpu: { kvm: 'host', tcg: 'max' } });
  expect(vmArguments(own, undefined).join(' ')).toContain('-machine pc -accel tcg -cpu max');
  expect(vmArguments({ ...own, accelerator: 'kvm' }, undefined).join(' ')).toContain(
    '-machine microvm -accel kvm -cpu host',
  );
});

test('a built hypervisor is told where its own ROMs are', () => {
  expect(vmArguments({ ...vm(), dataFolder: '/data' }, undefined).slice(0, 2)).toEqual(['-L', '/data']);
});

test('no kernel command line is no argument, and one with spaces is one argument', () => {
  expect(vmArguments(vm(), undefined)).not.toContain('-append');
  expect(vmArguments(vm({ append: 'console=ttyS0 quiet' }), undefined)).toContain('console=ttyS0 quiet');
});

test('the statuses are those of the exit device', () => {
  expect([1, 3, 2, 0, 127].map(statusOf)).toEqual([3, 7, 5, 1, 255]);
});

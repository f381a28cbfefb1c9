import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnosis, KvmRequired, ProbeFailed } from '../../src/core/failures/measure.js';
import { readKvmAccess } from '../../src/measure/host.js';
import type { ProbeRecord } from '../../src/measure/probe.js';
import type { Recipe } from '../../src/recipe/schema.js';
import { probeStep } from '../../src/steps/probe.js';
import { buildGuest, buildKernel, type GuestStep } from '../rig/vm-guest.js';
import { nemuLike, VIRT } from '../rig/vm-nemu.js';
import { guestRecipe, vmBench, type GuestRecipeChanges, type VmBench } from '../rig/vm-step.js';

const FIRMWARE: GuestStep = { write: [0xf5, 1] };
const KERNEL: GuestStep = { write: [0xf4, 3] };
const USER_SPACE: GuestStep = { write: [0xf6, 2] };
const SOUND = [FIRMWARE, KERNEL, USER_SPACE];

let bench: VmBench;
let guests = 0;

beforeAll(async () => {
  bench = await vmBench();
  bench.outputs.set('fetch:hypervisor/source', bench.made('hypervisor'));
  bench.outputs.set('make:kernel/image', buildKernel(bench.made('kernel')));
});

afterAll(() => bench.remove());

beforeEach(() => {
  bench.notices.length = 0;
});

/** Probes a guest and gives the record, or the failure. */
async function probe(
  program: readonly GuestStep[],
  changes: GuestRecipeChanges = {},
): Promise<ProbeRecord | ProbeFailed | KvmRequired> {
  bench.outputs.set('make:firmware/image', buildGuest(join(bench.folder, `guest-${guests++}`), program));
  const result = await bench.run(probeStep({ recipe: guestRecipe(changes) }));
  if (result.ok) {
    return JSON.parse(readFileSync(bench.path('probe', 'probe'), 'utf8')) as ProbeRecord;
  }
  if (result.failure.reason !== 'probe-failed' && result.failure.reason !== 'kvm-required') {
    throw new Error(JSON.stringify(result.failure));
  }
  return result.failure;
}

async function diagnose(program: readonly GuestStep[], changes: GuestRecipeChanges = {}): Promise<[string, Diagnosis]> {
  const found = await probe(program, changes);
  if (!('diagnosis' in found)) {
    throw new Error(`the probe passed: ${JSON.stringify(found)}`);
  }
  return [found.point, found.diagnosis];
}

describe('a sound guest', () => {
  test('is verified at every point, on each machine type that is shipped', async () => {
    for (const type of ['pc', 'q35', 'microvm']) {
      expect(await probe(SOUND, { machine: { type } })).toEqual({
        schemaVersion: 2,
        method: 'exit',
        accelerator: 'tcg',
        reason: 'asked',
        machine: type,
        exitDevice: 'isa-debug-exit',
        exitIosize: 1,
        points: [
          { name: 'firmware', port: 0xf5, value: 1, status: 3 },
          { name: 'kernel', port: 0xf4, value: 3, status: 7 },
          { name: 'user-space', port: 0xf6, value: 2, status: 5 },
        ],
      });
    }
  });

  test('leaves a record without paths or times, so that it can feed a fingerprint', async () => {
    await probe(SOUND);
    const text = readFileSync(bench.path('probe', 'probe'), 'utf8');
    expect(text).not.toMatch(/\/|\d{4}-\d\d|[Nn]s"/);
  });

  test('can have a value of 0, whose status is that of a hypervisor that cannot start', async () => {
    const points = [{ name: 'only', port: 0xf5, value: 0 }];
    expect(await probe([{ write: [0xf5, 0] }], { points })).toMatchObject({ points: [{ status: 1 }] });
  });
});

describe('a guest without its points is told what is wrong', () => {
  test('the firmware is not instrumented and the kernel is', async () => {
    expect(await diagnose([USER_SPACE])).toEqual(['firmware', { kind: 'not-instrumented' }]);
  });

  test('the kernel gets to user space without a write', async () => {
    const panic = { say: 'Kernel panic - not syncing: No working init found.\n' };
    expect(await diagnose([FIRMWARE, KERNEL, panic])).toEqual(['user-space', { kind: 'not-instrumented' }]);
  });

  test('the value comes at a port nearby', async () => {
    expect(await diagnose([FIRMWARE, { write: [0xf3, 3] }, USER_SPACE])).toEqual([
      'kernel',
      { kind: 'wrong-port', port: 0xf3, value: 3 },
    ]);
  });

  test("the value comes at another point's port", async () => {
    expect(await diagnose([FIRMWARE, KERNEL, { write: [0xf4, 2] }])).toEqual([
      'user-space',
      { kind: 'wrong-port', port: 0xf4, value: 2 },
    ]);
  });

  test('the same value at the port where another point has to write it is not taken for a stray one', async () => {
    const points = [
      { name: 'first', port: 0xf5, value: 1 },
      { name: 'second', port: 0xf4, value: 1 },
      { name: 'third', port: 0xf6, value: 2 },
    ];
    expect(await diagnose([FIRMWARE, USER_SPACE], { points })).toEqual(['second', { kind: 'not-instrumented' }]);
  });

  test('the port gets another value', async () => {
    expect(await diagnose([FIRMWARE, { write: [0xf4, 4] }, USER_SPACE])).toEqual([
      'kernel',
      { kind: 'wrong-value', expected: 3, found: 4 },
    ]);
  });

  test('the value is too large for an exit status', async () => {
    expect(await diagnose([FIRMWARE, { write: [0xf4, 200] }])).toEqual([
      'kernel',
      { kind: 'wrong-value', expected: 3, found: 200 },
    ]);
  });

  test('an exit device two ports wide catches the neighbour', async () => {
    expect(await diagnose(SOUND, { machine: { 'exit-iosize': 2 } })).toEqual([
      'kernel',
      { kind: 'iosize-overlap', caughtPort: 0xf5, value: 1 },
    ]);
  });

  test('the kernel panics', async () => {
    const panic = { say: '[    0.1] Kernel panic - not syncing: VFS: no root\r\n' };
    expect(await diagnose([FIRMWARE, KERNEL, panic])).toEqual([
      'user-space',
      { kind: 'panic', message: 'VFS: no root' },
    ]);
  });

  test('the kernel panics and reboots', async () => {
    const panic = { say: 'Kernel panic - not syncing: out of memory\n' };
    expect(await diagnose([FIRMWARE, KERNEL, panic, 'reboot'])).toEqual([
      'user-space',
      { kind: 'panic', message: 'out of memory' },
    ]);
  });

  test('the processor gives up', async () => {
    expect(await diagnose([FIRMWARE, 'triple_fault'])).toEqual(['kernel', { kind: 'triple-fault' }]);
  });

  test('the guest reboots', async () => {
    expect(await diagnose([FIRMWARE, KERNEL, 'reboot'])).toEqual(['user-space', { kind: 'reboot' }]);
  });

  test('the guest hangs, and how far it got', async () => {
    expect(await diagnose([FIRMWARE, KERNEL, 'spin'], { measure: { timeout: '1500ms' } })).toEqual([
      'user-space',
      { kind: 'hang', seconds: 1.5, lastPoint: 'kernel' },
    ]);
  });

  test('the guest never does anything', async () => {
    expect(await diagnose(['hang'], { measure: { timeout: '1500ms' } })).toEqual([
      'firmware',
      { kind: 'hang', seconds: 1.5 },
    ]);
  });
});

describe('a hypervisor that cannot do what the recipe asks is told apart', () => {
  test('no such machine, with what there is and the nearest', async () => {
    const [, diagnosis] = await diagnose(SOUND, { machine: { type: 'microvmm' } });
    expect(diagnosis).toMatchObject({ kind: 'no-such-machine', machine: 'microvmm', nearest: 'microvm' });
    expect(diagnosis).toHaveProperty('known', expect.arrayContaining(['pc', 'q35', 'microvm']));
  });

  test('no such device', async () => {
    expect(await diagnose(SOUND, { machine: { 'exit-device': 'sysbus-debugexit' } })).toEqual([
      'firmware',
      { kind: 'no-such-device', device: 'sysbus-debugexit' },
    ]);
  });

  test('an argument that it refuses, in its own words', async () => {
    expect(await diagnose(SOUND, { machine: { arguments: ['-nosuch'] } })).toEqual([
      'firmware',
      { kind: 'hypervisor-error', message: '-nosuch: invalid option' },
    ]);
  });
});

describe('a machine without an ISA bus, where no port can be watched', () => {
  const SHORT = { timeout: '1500ms' };
  const onVirt = async (program: readonly GuestStep[], machine: Record<string, unknown> = {}): Promise<unknown> =>
    probe(program, {
      hypervisor: nemuLike(bench.made('virt'), ['tcg']),
      machine: { ...VIRT, ...machine },
      measure: SHORT,
    });

  test('is verified at every point', async () => {
    expect(await onVirt(SOUND)).toMatchObject({ machine: 'virt', exitDevice: 'sysbus-debugexit' });
  });

  test.each([
    ['the kernel is instrumented', [USER_SPACE]],
    ['the kernel is not instrumented either, but the firmware says when it is over', [KERNEL]],
  ] as const)('a firmware that is not instrumented is told apart from one that hangs: %s', async (_case, program) => {
    expect(await onVirt(program)).toMatchObject({
      point: 'firmware',
      diagnosis: { kind: 'not-instrumented' },
      unwatched: true,
    });
  });

  test('a hang is one, and the last point is told', async () => {
    expect(await onVirt([FIRMWARE, 'spin'])).toMatchObject({
      point: 'kernel',
      diagnosis: { kind: 'hang', seconds: 1.5, lastPoint: 'firmware' },
      unwatched: true,
    });
  });

  test('another value is told from the status', async () => {
    expect(await onVirt([FIRMWARE, { write: [0xf4, 4] }, USER_SPACE])).toMatchObject({
      point: 'kernel',
      diagnosis: { kind: 'wrong-value', expected: 3, found: 4 },
    });
  });

  test('an exit device two ports wide is told from the status of the neighbour', async () => {
    expect(await onVirt(SOUND, { 'exit-iosize': 2 })).toMatchObject({
      point: 'kernel',
      diagnosis: { kind: 'iosize-overlap', caughtPort: 0xf5, value: 1 },
    });
  });

  test('a kernel that panics says so on its console', async () => {
    const panic = { say: 'Kernel panic - not syncing: sorry\n' };
    expect(await onVirt([FIRMWARE, KERNEL, panic])).toMatchObject({ diagnosis: { kind: 'panic', message: 'sorry' } });
  });
});

describe('the message has what is needed to try by hand', () => {
  test('the command and the console', async () => {
    const found = await probe([FIRMWARE, KERNEL, { say: 'Kernel panic - not syncing: sorry\n' }]);
    expect(found).toMatchObject({ port: 0xf6, expectedStatus: 5, console: ['Kernel panic - not syncing: sorry'] });
    expect(found).toHaveProperty('command', expect.arrayContaining(['isa-debug-exit,iobase=0xf6,iosize=0x1']));
  });
});

describe('accel: auto', () => {
  test('takes KVM only when a boot gets through to the last point with it', async () => {
    const found = await probe(SOUND, { machine: { accel: 'auto', type: { kvm: 'microvm', tcg: 'pc' } } });
    if (!('accelerator' in found)) {
      throw new Error(JSON.stringify(found));
    }
    expect(bench.notices).toHaveLength(1);
    if (found.accelerator === 'kvm') {
      expect(found).toMatchObject({ reason: 'kvm-boots', machine: 'microvm' });
      expect(bench.notices[0]).toMatchObject({ level: 'info' });
    } else {
      expect(found).toMatchObject({ machine: 'pc' });
      expect(found.reason).toMatch(/^kvm-(missing|forbidden|hangs|fails)$/);
      expect(bench.notices[0]).toMatchObject({ level: 'warning' });
    }
  });

  test('a machine type that does not exist is a mistake, not a reason to go on without KVM', async () => {
    const [, diagnosis] = await diagnose(SOUND, { machine: { accel: 'auto', type: 'microvmm' } });
    expect(diagnosis).toMatchObject({ kind: 'no-such-machine' });
  });
});

describe.runIf(readKvmAccess() === 'usable')('accel: kvm, where it can be opened', () => {
  const KVM_HANGS: readonly GuestStep[] = [FIRMWARE, KERNEL, 'spin_with_kvm', USER_SPACE];

  test('a guest that is wrong under every accelerator is not blamed on KVM', async () => {
    const changes = { machine: { accel: 'kvm' } };
    expect(await diagnose([FIRMWARE, { write: [0xf4, 4] }], changes)).toEqual([
      'kernel',
      { kind: 'wrong-value', expected: 3, found: 4 },
    ]);
  });

  test('a kernel that hangs with KVM alone makes it a matter of KVM, after one time-out', async () => {
    const started = Date.now();
    const found = await probe(KVM_HANGS, { machine: { accel: 'kvm' }, measure: { timeout: '5s' } });
    expect(found).toMatchObject({
      reason: 'kvm-required',
      obstacle: {
        kind: 'no-boot',
        point: 'user-space',
        passed: 'kernel',
        ending: 'it hangs',
        without: { machine: 'pc' },
      },
      instead: { kind: 'tcg' },
    });
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("a hypervisor without TCG is compared with the distribution's QEMU", async () => {
    const hypervisor = nemuLike(bench.made('kvm-only'), ['kvm']);
    const machine = { ...VIRT, accel: 'kvm', 'without-kvm': 'nemu-tcg', arguments: ['-name', 'mine'] };
    expect(await probe(KVM_HANGS, { hypervisor, machine })).toMatchObject({
      reason: 'kvm-required',
      machine: 'virt',
      obstacle: { kind: 'no-boot', passed: 'kernel', without: { machine: expect.stringMatching(/^pc/) as string } },
      instead: { kind: 'recipe', recipe: 'nemu-tcg' },
    });
  });

  test('a machine on which the guest hangs is not blamed on KVM where another machine carries it', async () => {
    const hangs = '[[ "$*" != *kvm*0xf4* ]] || exec sleep 30';
    const hypervisor = nemuLike(bench.made('hanging'), ['kvm'], hangs);
    expect(
      await probe(SOUND, { hypervisor, machine: { ...VIRT, accel: 'kvm' }, measure: { timeout: '1s' } }),
    ).toMatchObject({
      reason: 'probe-failed',
      accelerator: 'kvm',
      point: 'kernel',
      diagnosis: { kind: 'not-instrumented' },
    });
    expect(bench.notices).toMatchObject([{ text: expect.stringContaining('with KVM on the machine "pc') as string }]);
  });
});

test('what is measured does not hang on keys of the recipe that are not given', () => {
  const recipe = guestRecipe();
  const inputs = (machine: Partial<Recipe['machine']>): string =>
    JSON.stringify(probeStep({ recipe: { ...recipe, machine: { ...recipe.machine, ...machine } } }).inputs);
  expect(inputs({ 'without-kvm': 'other' })).toBe(inputs({}));
  expect(inputs({})).not.toContain('allback');
  expect(inputs({ 'cpu-fallbacks': ['qemu64'] })).toContain('qemu64');
});

test('the log tells each boot, and what was chosen', async () => {
  bench.lines.length = 0;
  await probe(SOUND, { measure: { method: 'both' } });
  expect(bench.lines.filter((line) => !line.startsWith('  '))).toEqual([
    'all points in one boot: reached',
    'firmware: reached, status 3',
    'kernel: reached, status 7',
    'user-space: reached, status 5',
    'measuring by tracing and by a boot for each point, with tcg (asked) on the machine "pc"',
  ]);
  const boots = bench.lines.filter((line) => line.startsWith('  '));
  expect(boots[0]).toMatch(
    /^ {2}tcg -machine pc, to all points: ended at the last point after .* m?s, wrote 0xf5=1 0xf4=3 0xf6=2$/,
  );
  expect(boots[1]).toMatch(/^ {2}tcg -machine pc, to 0xf5: status 3 after .* m?s$/);
  expect(boots).toHaveLength(4);
});

test('the log tells what the hypervisor complained of', async () => {
  bench.lines.length = 0;
  await probe(SOUND, { machine: { type: 'pcc' } });
  expect(bench.lines.join('\n')).toMatch(
    /^ {2}tcg -machine pcc, to 0xf5: status 1 after .* m?s: unsupported machine type/m,
  );
});

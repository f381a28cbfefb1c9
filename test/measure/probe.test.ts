import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KvmAccess } from '../../src/measure/host.js';
import { probe } from '../../src/measure/probe.js';
import type { VmRig } from '../../src/measure/vm-rig.js';
import { fakeHypervisor, SOUND_FAKE } from '../rig/vm-fake.js';
import { guestRecipe, vmBench, type VmBench } from '../rig/vm-step.js';

let bench: VmBench;
let rigs = 0;

beforeAll(async () => {
  bench = await vmBench();
});

afterAll(() => bench.remove());

/** A rig whose hypervisor is a script, so that KVM does here what it does on some other host. */
function rig(body: string, machine: Record<string, unknown>): VmRig {
  const folder = join(bench.folder, `rig-${rigs++}`);
  mkdirSync(folder);
  const recipe = guestRecipe({ machine });
  return {
    files: { hypervisor: fakeHypervisor(folder, body), firmware: '/fw', kernel: '/kernel' },
    stopwatch: bench.path('make:stopwatch', 'stopwatch'),
    machine: recipe.machine,
    points: recipe.points,
    timeoutMilliseconds: 400,
    folder,
    signal: bench.abort.signal,
  };
}

interface Probed {
  readonly result: Awaited<ReturnType<typeof probe>>;
  readonly notices: string[];
}

async function run(body: string, machine: Record<string, unknown>, kvm: KvmAccess = 'usable'): Promise<Probed> {
  const notices: string[] = [];
  const result = await probe(rig(body, machine), {
    kvm,
    notice: (level, text) => notices.push(`${level}: ${text}`),
    log: () => undefined,
    progress: () => undefined,
  });
  return { result, notices };
}

const AUTO = { accel: 'auto', type: { kvm: 'microvm', tcg: 'pc' }, cpu: { kvm: 'host', tcg: 'max' } };
const KERNEL_HANGS_WITH_KVM = `[ "$accel$port" != kvm0xf6 ] || exec sleep 30; ${SOUND_FAKE}`;

test('auto takes KVM, with its machine and processor, when a boot gets through', async () => {
  const { result, notices } = await run(SOUND_FAKE, AUTO);
  expect(result).toMatchObject({
    ok: true,
    value: { accelerator: 'kvm', reason: 'kvm-boots', machine: 'microvm', cpu: 'host' },
  });
  expect(notices).toEqual([expect.stringMatching(/^info: measuring with KVM/)]);
});

test('auto takes TCG and says so when KVM opens, runs the firmware and never finishes the kernel', async () => {
  const { result, notices } = await run(KERNEL_HANGS_WITH_KVM, AUTO);
  expect(result).toMatchObject({
    ok: true,
    value: { accelerator: 'tcg', reason: 'kvm-hangs', machine: 'pc', cpu: 'max' },
  });
  expect(notices).toEqual([expect.stringMatching(/^warning: a boot with KVM did not get to the last point/)]);
});

test('auto takes TCG when the hypervisor dies with KVM', async () => {
  const { result, notices } = await run(`[ $accel != kvm ] || kill -ABRT $$; ${SOUND_FAKE}`, AUTO);
  expect(result).toMatchObject({ ok: true, value: { accelerator: 'tcg', reason: 'kvm-fails' } });
  expect(notices.join()).toContain('SIGABRT');
});

test("auto says in the hypervisor's words why it refuses KVM", async () => {
  const refuse = `[ $accel != kvm ] || { echo 'qemu: failed to initialize kvm: Device or resource busy' >&2; exit 1; }`;
  const { result, notices } = await run(`${refuse}; ${SOUND_FAKE}`, AUTO);
  expect(result).toMatchObject({ ok: true, value: { accelerator: 'tcg', reason: 'kvm-fails' } });
  expect(notices.join()).toContain('failed to initialize kvm: Device or resource busy');
});

test('auto does not hide that the machine type for KVM does not exist', async () => {
  const refuse = `[ $machine != microvm ] || { echo 'qemu: unsupported machine type' >&2; exit 1; }`;
  const { result } = await run(`${refuse}; ${SOUND_FAKE}`, AUTO);
  expect(result).toMatchObject({ failure: { diagnosis: { kind: 'no-such-machine', machine: 'microvm' } } });
});

test.each(['missing', 'forbidden'] as const)('auto does not even try KVM that is %s', async (kvm) => {
  const { result } = await run(`[ $accel != kvm ] || exit 99; ${SOUND_FAKE}`, AUTO, kvm);
  expect(result).toMatchObject({ ok: true, value: { accelerator: 'tcg', reason: `kvm-${kvm}` } });
});

test('kvm, asked for and not there, is an error that says so', async () => {
  const { result } = await run(SOUND_FAKE, { accel: 'kvm' }, 'missing');
  expect(result).toMatchObject({ failure: { diagnosis: { kind: 'kvm-unusable', detail: 'there is no /dev/kvm' } } });
});

test('kvm, asked for and not carrying the kernel, is told apart from a guest that is wrong', async () => {
  const { result } = await run(KERNEL_HANGS_WITH_KVM, { accel: 'kvm' });
  expect(result).toMatchObject({ failure: { point: 'user-space', diagnosis: { kind: 'kvm-unusable' } } });
});

test('a hypervisor that crashes is named with its signal', async () => {
  const { result } = await run('kill -SEGV $$', { accel: 'tcg' });
  expect(result).toMatchObject({ failure: { diagnosis: { kind: 'crash', signal: 'SIGSEGV' } } });
});

test('a hypervisor that says why KVM does not start is quoted', async () => {
  const words = 'qemu-system-x86_64: Could not access KVM kernel module: Permission denied';
  const { result } = await run(`echo "${words}" >&2; exit 1`, { accel: 'kvm' });
  const detail = 'Could not access KVM kernel module: Permission denied';
  expect(result).toMatchObject({ failure: { diagnosis: { kind: 'kvm-unusable', detail } } });
});

test('a status that no write of the guest explains is told as it is', async () => {
  const { result } = await run('exit 42', { accel: 'tcg' });
  expect(result).toMatchObject({ failure: { diagnosis: { kind: 'other-status', status: 42 } } });
});

test('a guest that hangs once in a while gets a second boot, and the user is told', async () => {
  const writes = `[ -z "$recorder_portf5" ] || printf '\\001' > "$recorder_portf5"`;
  const body = `[ $boot != 1 ] || exec sleep 30; ${writes}; ${SOUND_FAKE}`;
  const { result, notices } = await run(body, { accel: 'tcg' });
  expect(result.ok).toBe(true);
  expect(notices).toEqual(['warning: a boot to "firmware" ended as hung; trying once more']);
});

test('warnings of the hypervisor are no refusal', async () => {
  const { result } = await run(`echo 'qemu-system-x86_64: warning: no such feature' >&2; ${SOUND_FAKE}`, {
    accel: 'tcg',
  });
  expect(result.ok).toBe(true);
});

test('a hypervisor that is not executable is unfit, which is no matter of the guest', async () => {
  const broken = rig(SOUND_FAKE, { accel: 'tcg' });
  const { failure } = (await probe(
    { ...broken, files: { ...broken.files, hypervisor: '/etc/passwd' } },
    { kvm: 'missing', notice: () => undefined, log: () => undefined, progress: () => undefined },
  )) as { failure: unknown };
  expect(failure).toEqual({ reason: 'hypervisor-unfit', binary: '/etc/passwd', detail: 'Permission denied' });
});

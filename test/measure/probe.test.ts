import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ProbeContext } from '../../src/measure/check.js';
import type { KvmAccess } from '../../src/measure/host.js';
import { probe } from '../../src/measure/probe.js';
import type { VmRig } from '../../src/measure/vm-rig.js';
import { explainFailure } from '../../src/ui/failure-text/index.js';
import { fakeHypervisor, SOUND_FAKE } from '../rig/vm-fake.js';
import { guestRecipe, vmBench, type VmBench } from '../rig/vm-step.js';

/** A fake boot takes a blink; on a busy machine it may take many. */
const TIMEOUT = 1_500;

let bench: VmBench;
let rigs = 0;

beforeAll(async () => {
  bench = await vmBench();
});

afterAll(() => bench.remove());

/** What a test changes of the recipe's machine, and how long a boot may take. */
interface Changes extends Record<string, unknown> {
  readonly timeoutMilliseconds?: number;
  readonly method?: ProbeContext['method'];
  /** What a traced boot does. */
  readonly traced?: string;
}

/** A rig whose hypervisor is a script, so that KVM does here what it does on some other host. */
function rig(body: string, { timeoutMilliseconds = TIMEOUT, traced, method: _method, ...machine }: Changes): VmRig {
  const folder = join(bench.folder, `rig-${rigs++}`);
  mkdirSync(folder);
  const recipe = guestRecipe({ machine });
  return {
    files: {
      hypervisor: fakeHypervisor(folder, body, traced === undefined ? {} : { traced }),
      firmware: '/fw',
      kernel: '/kernel',
    },
    stopwatch: bench.path('make:stopwatch', 'stopwatch'),
    machine: recipe.machine,
    points: recipe.points,
    timeoutMilliseconds,
    scheduling: {},
    folder,
    signal: bench.abort.signal,
  };
}

interface Probed {
  readonly result: Awaited<ReturnType<typeof probe>>;
  readonly notices: string[];
}

async function run(body: string, machine: Changes, kvm: KvmAccess = 'usable'): Promise<Probed> {
  const notices: string[] = [];
  const result = await probe(rig(body, machine), {
    method: machine.method ?? 'exit',
    kvm,
    built: true,
    notice: (level, text) => notices.push(`${level}: ${text}`),
    log: () => undefined,
    progress: () => undefined,
  });
  return { result, notices };
}

/** Does something while the emulator that the PATH has is a script. */
async function withDistribution<T>(body: string, act: () => Promise<T>): Promise<T> {
  const folder = join(bench.folder, `distribution-${rigs++}`);
  mkdirSync(folder);
  fakeHypervisor(folder, body, { name: 'qemu-system-x86_64' });
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
  try {
    return await act();
  } finally {
    vi.unstubAllEnvs();
  }
}

function headline(result: Probed['result']): string {
  return result.ok ? 'it passed' : explainFailure(result.failure).headline;
}

const AUTO = { accel: 'auto', type: { kvm: 'microvm', tcg: 'pc' }, cpu: { kvm: 'host', tcg: 'max' } };
const NO_TCG = `[ $accel != tcg ] || { echo "$0: -accel tcg: invalid accelerator tcg" >&2; exit 1; }`;
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
  expect(notices).toEqual([
    expect.stringMatching(/^warning: a boot with KVM did not get to the last point within 1\.5 s/),
  ]);
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

test.each([
  ['missing', 'there is no /dev/kvm'],
  ['forbidden', 'this user may not open /dev/kvm'],
] as const)('kvm, asked for and %s, is said at once, before anything is booted', async (kvm, words) => {
  const machine = { accel: 'kvm', type: 'virt', 'without-kvm': 'nemu-tcg' };
  const { result } = await run('exit 99', machine, kvm);
  expect(result).toMatchObject({
    failure: {
      reason: 'kvm-required',
      machine: 'virt',
      obstacle: { kind: kvm },
      instead: { kind: 'recipe', recipe: 'nemu-tcg' },
      command: [],
    },
  });
  expect(headline(result)).toBe(
    `everything is built, but the machine "virt" of this recipe runs on KVM only, and ${words}`,
  );
});

describe('kvm, asked for and not carrying the kernel,', () => {
  test('is told apart from a guest that is wrong, by a boot of the same hypervisor without it', async () => {
    const { result } = await run(KERNEL_HANGS_WITH_KVM, { accel: 'kvm', 'without-kvm': 'other' });
    expect(result).toMatchObject({
      failure: {
        reason: 'kvm-required',
        obstacle: { kind: 'no-boot', point: 'user-space', passed: 'kernel', ending: 'it hangs' },
        instead: { kind: 'tcg' },
      },
    });
    expect(headline(result)).toContain('does not get past "kernel": it hangs before "user-space"');
  });

  test('costs one time-out', async () => {
    const started = Date.now();
    await run(KERNEL_HANGS_WITH_KVM, { accel: 'kvm' });
    expect(Date.now() - started).toBeLessThan(2 * TIMEOUT);
  });

  test('is told by a hypervisor that dies with it, too', async () => {
    const { result } = await run(`[ "$accel$port" != kvm0xf5 ] || kill -SEGV $$; ${SOUND_FAKE}`, { accel: 'kvm' });
    expect(result).toMatchObject({
      failure: { reason: 'kvm-required', obstacle: { point: 'firmware', ending: 'SIGSEGV ends it' } },
    });
    expect(headline(result)).toContain('does not get to "firmware"');
  });

  test("is a finding of the distribution's QEMU where the hypervisor has no TCG", async () => {
    const { result } = await withDistribution(KERNEL_HANGS_WITH_KVM, () =>
      run(`${NO_TCG}; ${KERNEL_HANGS_WITH_KVM}`, { accel: 'kvm', type: 'virt', arguments: ['-x'] }),
    );
    expect(result).toMatchObject({
      failure: {
        reason: 'kvm-required',
        machine: 'virt',
        obstacle: { without: { hypervisor: expect.stringContaining('/qemu-system-x86_64') as string, machine: 'pc' } },
      },
    });
  });

  test("is not KVM's fault when it carries the same kernel on another machine", async () => {
    const { result, notices } = await withDistribution(SOUND_FAKE, () =>
      run(`${NO_TCG}; ${KERNEL_HANGS_WITH_KVM}`, { accel: 'kvm', type: 'virt' }),
    );
    expect(result).toMatchObject({
      failure: {
        reason: 'probe-failed',
        point: 'user-space',
        accelerator: 'kvm',
        diagnosis: { kind: 'hang', seconds: TIMEOUT / 1000 },
      },
    });
    expect(notices).toEqual([expect.stringContaining('gets to "user-space" with KVM on the machine "pc" of ')]);
  });

  test('is not blamed on KVM when the guest comes there nowhere', async () => {
    const hangs = '[ "$port" != 0xf6 ] || exec sleep 30';
    const { result } = await withDistribution(`${hangs}; ${SOUND_FAKE}`, () =>
      run(`${NO_TCG}; ${hangs}; ${SOUND_FAKE}`, { accel: 'kvm' }),
    );
    expect(result).toMatchObject({
      failure: { reason: 'probe-failed', accelerator: 'kvm', diagnosis: { kind: 'hang' } },
    });
  });

  test('is looked into without KVM also where the CPU model is one that only KVM has', async () => {
    const refuse = `[ $accel$cpu != tcghost ] || { echo "$0: CPU model 'host' requires KVM" >&2; exit 1; }`;
    const writes7 = `[ -z "$recorder_portf6" ] || printf '\\007' > "$recorder_portf6"; [ "$port" != 0xf6 ] || exit 15`;
    const { result } = await run(`${refuse}; ${writes7}; ${SOUND_FAKE}`, { accel: 'kvm', cpu: 'host' });
    expect(result).toMatchObject({ failure: { diagnosis: { kind: 'wrong-value', expected: 2, found: 7 } } });
  });
});

describe.concurrent('KVM that takes longer than a healthy one', () => {
  const LONG = { accel: 'kvm', timeoutMilliseconds: 20_000 };

  test('and longer than TCG is of no use, which is known before the time-out', async ({ expect }) => {
    const { result } = await run(KERNEL_HANGS_WITH_KVM, LONG);
    expect(result).toMatchObject({ failure: { reason: 'kvm-required', obstacle: { ending: 'it hangs' } } });
  }, 15_000);

  test('gets the whole time-out where nothing else is quicker', async ({ expect }) => {
    const slow = `[ "$accel$port" != kvm0xf6 ] || sleep 6.5; ${NO_TCG}; ${SOUND_FAKE}`;
    expect(await run(slow, LONG)).toMatchObject({ result: { ok: true, value: { accelerator: 'kvm' } } });
  }, 30_000);
});

describe('a CPU model that the host refuses', () => {
  const FALLBACKS = { cpu: 'host', 'cpu-fallbacks': ['also-refused', 'qemu64,arch-capabilities=off'] };
  /** As NEMU does on a host whose kernel has no such MSR. */
  const MSR = `[ "$cpu" = qemu64,arch-capabilities=off ] || {
    echo "$0: error: failed to set MSR 0x10a to 0x8000000" >&2
    echo "$0: target/i386/kvm.c:2692: kvm_buf_set_msrs: Assertion 'ret == cpu->kvm_msr_buf->nmsrs' failed." >&2
    kill -ABRT $$; }`;

  test.each(['kvm', 'auto'])(
    'is replaced by the first fall-back that is not, said and recorded (%s)',
    async (accel) => {
      const { result, notices } = await run(`${MSR}; ${SOUND_FAKE}`, { accel, ...FALLBACKS });
      expect(result).toMatchObject({
        ok: true,
        value: {
          accelerator: 'kvm',
          cpu: 'qemu64,arch-capabilities=off',
          cpuRefused: { model: 'host', detail: 'failed to set MSR 0x10a' },
        },
      });
      expect(notices[0]).toBe(
        'warning: the host\'s KVM refuses MSR 0x10a, which the CPU model "host" needs: measuring with "qemu64,arch-capabilities=off"',
      );
      expect(notices.filter((notice) => notice.includes('MSR'))).toHaveLength(1);
    },
  );

  test('and that has no fall-back is a finding of its own', async () => {
    const { result } = await run(`${MSR}; ${SOUND_FAKE}`, { accel: 'kvm', cpu: 'host' });
    expect(result).toMatchObject({
      failure: { diagnosis: { kind: 'cpu-refused', model: 'host', detail: 'failed to set MSR 0x10a', fallbacks: [] } },
    });
  });

  test('and that has none that works names all of them', async () => {
    const { result } = await run(`${MSR}; ${SOUND_FAKE}`, { accel: 'kvm', cpu: 'host', 'cpu-fallbacks': ['a', 'b'] });
    expect(result).toMatchObject({ failure: { diagnosis: { kind: 'cpu-refused', fallbacks: ['a', 'b'] } } });
  });

  test('with KVM is not taken to TCG, which has what is asked for', async () => {
    const body = `[ $accel = tcg ] || ${MSR.replace('qemu64,arch-capabilities=off', 'none')}; ${SOUND_FAKE}`;
    const { result } = await run(body, { accel: 'auto', ...FALLBACKS, cpu: { kvm: 'host', tcg: 'max' } });
    expect(result).toMatchObject({ ok: true, value: { accelerator: 'tcg', cpu: 'max' } });
    expect(result).not.toHaveProperty('value.cpuRefused');
  });

  test('by TCG is replaced as well', async () => {
    const refuse = `[ "$cpu" != host ] || { echo "$0: CPU model 'host' requires KVM or HVF" >&2; exit 1; }`;
    const { result, notices } = await run(`${refuse}; ${SOUND_FAKE}`, { accel: 'tcg', ...FALLBACKS });
    expect(result).toMatchObject({ ok: true, value: { cpu: 'also-refused', cpuRefused: { model: 'host' } } });
    expect(notices).toEqual([expect.stringContaining(`(CPU model 'host' requires KVM or HVF)`)]);
  });

  test('is no reason to change anything as long as it is only warned of', async () => {
    const warn = `echo "$0: warning: host doesn't support requested feature: CPUID.01H:ECX.pni [bit 0]" >&2`;
    const { result } = await run(`${warn}; ${SOUND_FAKE}`, { accel: 'kvm', ...FALLBACKS });
    expect(result).toMatchObject({ ok: true, value: { cpu: 'host' } });
  });
});

test('a hypervisor that crashes is named with its signal', async () => {
  const { result } = await run('kill -SEGV $$', { accel: 'tcg' });
  expect(result).toMatchObject({ failure: { diagnosis: { kind: 'crash', signal: 'SIGSEGV' } } });
});

test('a hypervisor that says why KVM, which is asked for, does not start is quoted', async () => {
  const words = 'qemu-system-x86_64: Could not access KVM kernel module: Permission denied';
  const { result } = await run(`echo "${words}" >&2; exit 1`, { accel: 'kvm' });
  const detail = 'Could not access KVM kernel module: Permission denied';
  expect(result).toMatchObject({ failure: { reason: 'kvm-required', obstacle: { kind: 'refused', detail } } });
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
    {
      method: 'exit',
      kvm: 'missing',
      built: true,
      notice: () => undefined,
      log: () => undefined,
      progress: () => undefined,
    },
  )) as { failure: unknown };
  expect(failure).toEqual({ reason: 'hypervisor-unfit', binary: '/etc/passwd', detail: 'Permission denied' });
});

describe('a machine that can be traced', () => {
  const TCG = { accel: 'tcg', method: 'auto' } as const;
  const boots = (): number => readFileSync(join(bench.folder, `rig-${rigs - 1}`, 'boots'), 'utf8').length;

  test('is verified in one boot, which is how it will be measured', async () => {
    const { result, notices } = await run(SOUND_FAKE, TCG);
    expect(result).toMatchObject({ ok: true, value: { method: 'trace', points: [{}, {}, { name: 'user-space' }] } });
    expect(notices).toEqual([]);
    expect(boots()).toBe(1);
  });

  test('and is measured by both methods is verified by both', async () => {
    expect(await run(SOUND_FAKE, { ...TCG, method: 'both' })).toMatchObject({ result: { value: { method: 'both' } } });
    expect(boots()).toBe(1 + 3);
  });

  test('whose guest fails once is tried again, and not measured in another way for that', async () => {
    const { result } = await run(`[ $boot != 1 ] || exec sleep 30; ${SOUND_FAKE}`, TCG);
    expect(result).toMatchObject({ ok: true, value: { method: 'trace' } });
    expect(boots()).toBe(1 + 3 + 1);
  });

  test('whose guest lacks a point is told of that as without tracing', async () => {
    const silent = `[ "$port" != 0xf6 ] || { echo "Run /init as init process"; exit 0; }; ${SOUND_FAKE}`;
    const { result } = await run(silent, TCG);
    expect(result).toMatchObject({
      failure: { reason: 'probe-failed', point: 'user-space', diagnosis: { kind: 'not-instrumented' } },
    });
  });

  const TWICE = { traced: 'mark 0xf5 1; mark 0xf5 1; mark 0xf4 3; mark 0xf6 2; exec sleep 30' };

  test('and whose points come in boots of their own only is measured with those, loudly', async () => {
    const { result, notices } = await run(SOUND_FAKE, { ...TCG, ...TWICE });
    expect(result).toMatchObject({ ok: true, value: { method: 'exit' } });
    expect(notices).toEqual([
      'warning: a traced boot wrote 1 where "firmware" was due: measuring with a boot for each point',
    ]);
  });

  test('and whose hypervisor does not take the recorders is not asked again and again', async () => {
    const traced = 'echo "fake: -chardev: no such backend" >&2; exit 1';
    const { result, notices } = await run(SOUND_FAKE, { ...TCG, traced });
    expect(result).toMatchObject({ ok: true, value: { method: 'exit' } });
    expect(boots()).toBe(1 + 3);
    expect(notices).toEqual([
      expect.stringMatching(
        /^warning: a traced boot does not start: .*no such backend.*a boot for each point$/,
      ) as string,
    ]);
  });

  test.each(['trace', 'both'] as const)('and cannot be, is a failure where %s is asked for', async (method) => {
    const { result } = await run(SOUND_FAKE, { ...TCG, ...TWICE, method });
    const why = { kind: 'wrong-value', point: 'firmware', found: 1 };
    expect(result).toMatchObject({ failure: { point: 'firmware', diagnosis: { kind: 'untraceable', why } } });
    expect(headline(result)).toContain('boots that end at a point come through');
  });

  test('and whose points are in another order than the recipe has them is told so', async () => {
    const traced = 'mark 0xf4 3; sleep 0.05; mark 0xf5 1; sleep 0.05; mark 0xf6 2; exec sleep 30';
    const { result } = await run(SOUND_FAKE, { ...TCG, traced, method: 'trace' });
    expect(headline(result)).toBe('in a traced boot "kernel" came before "firmware"');
  });
});

describe('a machine without an ISA bus', () => {
  const BARE = { accel: 'tcg', 'exit-device': 'sysbus-debugexit' } as const;

  test('is measured with a boot for each point, without a word', async () => {
    const { result, notices } = await run(SOUND_FAKE, { ...BARE, method: 'auto' });
    expect(result).toMatchObject({ ok: true, value: { method: 'exit' } });
    expect(notices).toEqual([]);
  });

  test('cannot be traced, which is said before anything is booted', async () => {
    const { result } = await run('exit 99', { ...BARE, method: 'trace' });
    expect(headline(result)).toBe('this machine has no ISA bus, so no boot can be traced');
  });
});

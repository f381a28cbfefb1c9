import type { Failure } from '../../src/core/failure.js';
import type { Diagnosis, KvmObstacle, KvmRequired, ProbeFailed } from '../../src/core/failures/measure.js';
import type { FileFault } from '../../src/core/failures/recipe.js';

type OfReason<R extends Failure['reason']> = Extract<Failure, { readonly reason: R }>;

const OTHER_CONFIGS = { component: 'kernel', names: ['builtin'] };

/** One failure of every reason, filled to the brim; does not compile while one is missing. */
export const SAMPLE_FAILURES: { readonly [R in Failure['reason']]: OfReason<R> } = {
  'recipe-not-found': {
    reason: 'recipe-not-found',
    recipe: 'stokc',
    known: ['nemu', 'stock'],
    nearest: 'stock',
    extendedBy: '/r/mine.yaml',
  },
  'recipe-syntax': {
    reason: 'recipe-syntax',
    file: '/r/mine.yaml',
    line: 7,
    column: 4,
    detail: 'a tab may not indent',
    excerpt: '\tboots: 5',
  },
  'recipe-invalid': {
    reason: 'recipe-invalid',
    problems: [
      {
        file: '/r/mine.yaml',
        line: 12,
        path: 'measure.boots',
        found: '"many"',
        expected: 'a whole number of at least 1',
      },
      { file: '--set', path: 'measure', found: 'key "bots"', expected: 'boots, warmup or timeout', nearest: 'boots' },
    ],
  },
  'recipe-extends-loop': { reason: 'recipe-extends-loop', chain: ['a.yaml', 'b.yaml', 'a.yaml'] },
  'setting-invalid': { reason: 'setting-invalid', setting: '--set measure.boots', detail: 'has no value' },
  'file-unfit': {
    reason: 'file-unfit',
    component: 'firmware',
    path: '/q/bios.bin',
    fault: { kind: 'odd-size', size: 70_000 },
  },
  'lock-invalid': {
    reason: 'lock-invalid',
    file: '/r/bootlap.lock',
    line: 4,
    path: 'recipes.nemu.firmware.commit',
    found: '"12"',
    expected: 'a commit: 40 hexadecimal digits',
  },
  'not-pinned': {
    reason: 'not-pinned',
    pins: [
      { of: 'firmware', kind: 'commit', what: 'main of https://git.example.org/qboot.git' },
      { of: 'kernel-config', kind: 'config', what: 'https://example.org/config' },
      { of: 'kernel', kind: 'package', what: 'linux-source' },
    ],
  },
  'step-unknown': {
    reason: 'step-unknown',
    option: '--only',
    pattern: 'make:kernal',
    known: ['make:kernel', 'measure'],
    nearest: 'make:kernel',
  },
  'step-not-ready': { reason: 'step-not-ready', step: 'make:kernel', needs: 'configure:kernel' },
  usage: { reason: 'usage', message: '--jobs 0 is not a whole number', hint: 'for example --jobs 4' },
  offline: { reason: 'offline', what: 'linux-source-6.1 6.1.192-2', instead: OTHER_CONFIGS },
  'download-failed': {
    reason: 'download-failed',
    file: 'linux-4.18.tar.xz',
    attempts: [
      { url: 'https://one.example/l.tar.xz', detail: 'answered 404' },
      { url: 'https://two.example/l.tar.xz', detail: 'stalled for 30 s' },
    ],
  },
  'digest-mismatch': {
    reason: 'digest-mismatch',
    what: 'linux-4.18.tar.xz',
    origin: 'https://one.example/l.tar.xz',
    expected: 'a'.repeat(64),
    found: 'b'.repeat(64),
    heldIn: 'bootlap.lock',
    instead: OTHER_CONFIGS,
  },
  'git-refused': { reason: 'git-refused', url: 'ext::sh -c evil', detail: 'it uses the transport ext' },
  'git-failed': {
    reason: 'git-failed',
    attempts: [{ url: 'https://one.example/r.git', detail: 'could not resolve host' }],
  },
  'git-unknown-revision': {
    reason: 'git-unknown-revision',
    url: 'https://one.example/r.git',
    revision: 'topic/virt-x68',
    nearest: 'topic/virt-x86',
  },
  'config-unavailable': {
    reason: 'config-unavailable',
    component: 'kernel',
    attempts: [{ url: 'https://one.example/raw', detail: 'answered 404' }],
    instead: OTHER_CONFIGS,
  },
  'package-not-found': {
    reason: 'package-not-found',
    package: 'qemu',
    version: '1:7.2',
    kind: 'source',
    detail: 'apt knows 1:8.0',
  },
  'package-fetch-failed': {
    reason: 'package-fetch-failed',
    package: 'linux-source-6.1',
    detail: 'E: first line\nE: second line',
  },
  'tool-missing': { reason: 'tool-missing', tool: 'flex', neededBy: 'make:kernel', package: 'flex-package' },
  'compiler-unfit': {
    reason: 'compiler-unfit',
    compiler: 'gcc',
    cannot: 'compile 32-bit code (-m32)',
    detail: 'cannot find -lgcc',
    package: 'gcc-multilib',
  },
  'disk-full': { reason: 'disk-full', path: '/w/trees/kernel' },
  'not-writable': { reason: 'not-writable', path: '/w/cache', detail: 'the file system is read-only' },
  'file-trouble': { reason: 'file-trouble', path: '/w/state', code: 'EIO', detail: 'input/output error' },
  'workspace-busy': { reason: 'workspace-busy', folder: '/w', pid: 4711, command: 'bootlap run nemu' },
  'workspace-foreign': { reason: 'workspace-foreign', folder: '/home/me', detail: 'it holds "photos"' },
  'path-outside': {
    reason: 'path-outside',
    origin: 'evil.patch',
    path: '../../etc/passwd',
    detail: 'leads outside the tree',
  },
  'archive-broken': { reason: 'archive-broken', file: '/w/downloads/l.tar.xz', detail: 'unexpected end of input' },
  'patch-malformed': { reason: 'patch-malformed', patch: 'mine.patch', line: 9, detail: 'a hunk has too few lines' },
  'patch-rejected': {
    reason: 'patch-rejected',
    patch: '0001-boot.patch',
    file: 'init/main.c',
    hunk: 2,
    line: 1514,
    expected: ['if (ramdisk_execute_command) {'],
    found: ['do_sysctl_args();'],
    detail: 'the lines differ',
  },
  'patch-series-missing': {
    reason: 'patch-series-missing',
    series: 'linux',
    version: '2.6.32',
    known: ['4.18', '6.1'],
  },
  'command-failed': {
    reason: 'command-failed',
    command: ['make', '-j2', 'KCFLAGS=-O2 -g', 'bzImage'],
    folder: '/w/trees/kernel/source',
    status: 2,
    lastLines: ['init/main.c:1:2: error: no such thing', 'make: *** [init/main.o] Error 1'],
    remedy: {
      kind: 'warnings-as-errors',
      key: 'cc-options',
      add: ['-Wno-error=unused-variable', '-Wno-error=format'],
      orArgument: '--disable-werror',
    },
  },
  'output-missing': { reason: 'output-missing', output: 'image', path: 'arch/x86/boot/bzImage' },
  'config-refused': {
    reason: 'config-refused',
    symbols: [{ symbol: 'CONFIG_PVH', asked: 'y', got: 'n' }],
    fragment: 'kernel/boot.config',
  },
  'local-tree-unfit': {
    reason: 'local-tree-unfit',
    component: 'kernel',
    folder: '/home/me/linux',
    detail: 'it is no git working tree',
  },
  'run-not-found': {
    reason: 'run-not-found',
    wanted: 'latset',
    folder: '/w/runs',
    known: ['20260102T030405Z-stock-ab12'],
    nearest: 'latest',
  },
  'run-unfit': { reason: 'run-unfit', path: '/w/runs/one/samples.ndjson', detail: 'it is not there' },
  'not-comparable': {
    reason: 'not-comparable',
    differences: [{ field: 'machine.memory', a: '512 MiB', b: '256 MiB' }],
  },
  regression: {
    reason: 'regression',
    gates: [{ gate: 'tKernel > +3%', found: '+5.0 % (95 % interval +4.4 to +5.6 %)' }],
  },
  'regression-unsettled': {
    reason: 'regression-unsettled',
    gates: [{ gate: 'total > +2ms', found: '+2.1 ms (95 % interval +1.0 ms to +3.0 ms)' }],
  },
  'bundle-incomplete': {
    reason: 'bundle-incomplete',
    missing: 'the kernel',
    detail: 'it is in the cache no more',
    command: 'bootlap run stock',
  },
  'bundle-refused': {
    reason: 'bundle-refused',
    bundle: '/b/bootlap-stock-0123456789abcdef.tar.gz',
    problems: [
      { file: 'vm/kernel', detail: 'its SHA-256 is 12, and SHA256SUMS has 34' },
      { detail: 'it is cut short' },
    ],
    further: 3,
  },
  'bundle-unfit': {
    reason: 'bundle-unfit',
    bundle: '/b/bootlap-stock-0123456789abcdef.tar.gz',
    detail: 'it is for x64, and this machine is arm64',
    hint: 'measure it on an x86-64 machine',
  },
  'key-unfit': { reason: 'key-unfit', path: '/k/ci.pub', detail: 'it is an RSA key' },
  interrupted: { reason: 'interrupted', signal: 'SIGTERM' },
  'probe-failed': probeFailed({ kind: 'not-instrumented' }),
  'kvm-required': kvmRequired({
    kind: 'no-boot',
    point: 'userspace',
    passed: 'kernel',
    ending: 'it hangs',
    without: { hypervisor: '/usr/bin/qemu-system-x86_64', machine: 'pc-i440fx-7.0', seconds: 1.4 },
  }),
  'boots-failed': {
    reason: 'boots-failed',
    failed: 7,
    boots: 60,
    points: [{ arm: 'b', point: 'userspace', failed: 7, boots: 20 }],
    console: ['Kernel panic - not syncing'],
  },
  'job-outcome-missing': { reason: 'job-outcome-missing', job: 'measure-1', folder: '/w/sweeps/s' },
  'letter-not-sent': { reason: 'letter-not-sent', host: 'cache.example.org', detail: 'answered 507' },
  'letter-not-there': { reason: 'letter-not-there', host: 'cache.example.org', detail: 'has no such handover' },
  'no-host': { reason: 'no-host', hosts: [{ host: 'node1', detail: 'Connection refused' }] },
  'jobs-refused': { reason: 'jobs-refused', words: 'sbatch: error: invalid partition specified: nope' },
  'hypervisor-unfit': { reason: 'hypervisor-unfit', binary: '/usr/bin/qemu', detail: 'it does not start' },
};

/** A failed probe of the point `userspace` with this diagnosis. */
export function probeFailed(diagnosis: Diagnosis): ProbeFailed {
  return {
    reason: 'probe-failed',
    point: 'userspace',
    port: 0xf6,
    expectedStatus: 5,
    diagnosis,
    accelerator: 'kvm',
    unwatched: true,
    console: ['Run /init as init process'],
    command: ['qemu-system-x86_64', '-append', 'console=ttyS0 quiet'],
  };
}

/** KVM that is asked for and does not serve, for this reason. */
export function kvmRequired(obstacle: KvmObstacle): KvmRequired {
  return {
    reason: 'kvm-required',
    machine: 'virt',
    obstacle,
    instead: { kind: 'recipe', recipe: 'nemu-tcg' },
    built: true,
    console: ['Run /init as init process'],
    command: ['qemu-system-x86_64_virt', '-append', 'console=ttyS0 quiet'],
  };
}

/** One fault of a finished file of every kind. */
export const SAMPLE_FAULTS: { readonly [K in FileFault['kind']]: Extract<FileFault, { readonly kind: K }> } = {
  missing: { kind: 'missing' },
  'no-file': { kind: 'no-file' },
  unreadable: { kind: 'unreadable' },
  empty: { kind: 'empty' },
  'not-executable': { kind: 'not-executable' },
  'odd-size': { kind: 'odd-size', size: 70_000 },
  'too-big': { kind: 'too-big', size: 20_000_000 },
  'no-kernel': { kind: 'no-kernel' },
};

/** One obstacle of every kind. */
export const SAMPLE_OBSTACLES: { readonly [K in KvmObstacle['kind']]: Extract<KvmObstacle, { readonly kind: K }> } = {
  missing: { kind: 'missing' },
  forbidden: { kind: 'forbidden' },
  refused: { kind: 'refused', detail: 'Could not access KVM kernel module: Permission denied' },
  'no-boot': {
    kind: 'no-boot',
    point: 'firmware',
    ending: 'it ends with status 0',
    without: { hypervisor: '/usr/bin/qemu-system-x86_64', machine: 'pc', seconds: 0.04 },
  },
};

/** One diagnosis of every kind. */
export const SAMPLE_DIAGNOSES: { readonly [K in Diagnosis['kind']]: Extract<Diagnosis, { readonly kind: K }> } = {
  'not-instrumented': { kind: 'not-instrumented' },
  'wrong-port': { kind: 'wrong-port', port: 0xf9, value: 2 },
  'wrong-value': { kind: 'wrong-value', expected: 3, found: 4 },
  'iosize-overlap': { kind: 'iosize-overlap', caughtPort: 0xf5, value: 1 },
  panic: { kind: 'panic', message: 'VFS: Unable to mount root fs' },
  'triple-fault': { kind: 'triple-fault' },
  'init-failed': { kind: 'init-failed', trouble: { kind: 'no-port-access' } },
  reboot: { kind: 'reboot' },
  hang: { kind: 'hang', seconds: 30, lastPoint: 'kernel' },
  crash: { kind: 'crash', signal: 'SIGSEGV' },
  'no-such-machine': {
    kind: 'no-such-machine',
    machine: 'micorvm',
    known: ['microvm', 'pc', 'q35'],
    nearest: 'microvm',
  },
  'no-such-device': { kind: 'no-such-device', device: 'sysbus-debugexit' },
  'cpu-refused': {
    kind: 'cpu-refused',
    model: 'host',
    detail: 'failed to set MSR 0x10a',
    fallbacks: ['qemu64', 'max'],
  },
  'kvm-unusable': { kind: 'kvm-unusable', detail: 'the kernel never reached user space' },
  'hypervisor-error': { kind: 'hypervisor-error', message: 'could not open kernel image' },
  'other-status': { kind: 'other-status', status: 77 },
  untraceable: { kind: 'untraceable', why: { kind: 'point-missing', points: ['kernel'] } },
};

import type { Failure } from '../../core/failure.js';
import type { Diagnosis, KvmRequired, ProbeFailed } from '../../core/failures/measure.js';
import { portText } from './exits.js';

/** The next thing to try, in options of `bootlap measure`; `undefined` where the usual advice does for it too. */
export function adviceFor(failure: Failure): string | undefined {
  switch (failure.reason) {
    case 'probe-failed':
      return probeAdvice(failure);
    case 'boots-failed':
      return '"--timeout 60s" gives slow boots more time; another --machine may be steadier';
    case 'kvm-required':
      return kvmAdvice(failure);
    case 'hypervisor-unfit':
      return '--binary takes a QEMU that runs on this machine: try it with "-machine help" by hand';
    default:
      return undefined;
  }
}

type DiagnosisAdvice = {
  readonly [K in Diagnosis['kind']]?: (diagnosis: Extract<Diagnosis, { kind: K }>, probe: ProbeFailed) => string;
};

const WITHOUT_KVM = '"--accel tcg" measures without KVM; "bootlap doctor" tells what KVM lacks';

const PROBE_ADVICE: DiagnosisAdvice = {
  'not-instrumented': () =>
    'build the firmware with -DBENCHMARK_HACK (0xf5 and 0xf4), patch the kernel (0xf6), or give with --exit only what is there',
  'wrong-port': ({ port, value }) => `"--exit ${portText(port)}:${value}" takes that write, if it is the right one`,
  'wrong-value': ({ found }, { port }) =>
    `"--exit ${portText(port)}:${found}" takes that write, if it is the right one (2, 3 and 4 tell how qboot loads a kernel: multiboot, bzImage, PVH)`,
  panic: () => 'read the console above; mostly --append or the configuration of the kernel is the cause',
  'triple-fault': () => 'the firmware and the kernel do not suit this machine: try another --machine or --cpu',
  reboot: () =>
    'read the console above for the cause; with panic=0 in --append a kernel that panics stops there instead of rebooting',
  hang: () =>
    'a slow host needs a longer "--timeout 60s"; else try another --machine (without KVM rather pc than microvm; with a kernel as old as 4.18 pc-i440fx-7.0)',
  'no-such-machine': ({ nearest = 'pc' }) => `take "--machine ${nearest}", or leave it away`,
  'no-such-device': () => 'leave --machine away: what is picked then has a place for the device',
  'kvm-unusable': () => WITHOUT_KVM,
  'cpu-refused': () => 'give a --cpu that this host has, such as "--cpu qemu64"',
  'hypervisor-error': () => 'correct what it names, or try the command above by hand',
};

function probeAdvice(failure: ProbeFailed): string | undefined {
  const { diagnosis } = failure;
  const advise = PROBE_ADVICE[diagnosis.kind] as ((diagnosis: Diagnosis, probe: ProbeFailed) => string) | undefined;
  return advise?.(diagnosis, failure);
}

function kvmAdvice({ instead }: KvmRequired): string {
  return instead.kind === 'tcg'
    ? WITHOUT_KVM
    : '"--binary qemu-system-x86_64 --accel tcg" measures the same firmware and kernel without KVM; "bootlap doctor" tells what KVM lacks';
}

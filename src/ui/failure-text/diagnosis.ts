import type { Diagnosis, InitTrouble, ProbeFailed, Untraceable } from '../../core/failures/measure.js';
import { alternatives } from './text.js';

/** What a boot of the probe showed, in one sentence, and what to do about it. */
export interface DiagnosisText {
  readonly finding: string;
  readonly hint: string;
}

/** Ports as the hypervisor's command line and the sources write them: `0xf5`. */
export function portName(port: number): string {
  return `0x${port.toString(16)}`;
}

type DiagnosisExplainers = {
  readonly [K in Diagnosis['kind']]: (diagnosis: Extract<Diagnosis, { kind: K }>, probe: ProbeFailed) => DiagnosisText;
};

const EXPLAINERS: DiagnosisExplainers = {
  'not-instrumented': (_diagnosis, { point, port }) => ({
    finding: `the guest ran on without ever writing to port ${portName(port)}: it is built without the instrumentation for "${point}"`,
    hint: 'check the "patches:" and the build flags of the firmware (points before the kernel) or of the kernel (points in it) in the recipe',
  }),
  'wrong-port': (diagnosis, { point, port }) => ({
    finding: `the guest wrote ${diagnosis.value} to port ${portName(diagnosis.port)}, but "${point}" is expected at port ${portName(port)}`,
    hint: `set "port: ${portName(diagnosis.port)}" for "${point}" in the recipe, or change the port in the instrumentation`,
  }),
  'wrong-value': (diagnosis, { point, port }) => ({
    finding: `the guest wrote ${diagnosis.found} to port ${portName(port)}, but "${point}" is expected to write ${diagnosis.expected}`,
    hint: `set "value: ${diagnosis.found}" for "${point}" in the recipe if that write is the right one (2, 3 and 4 tell how qboot loads a kernel: multiboot, bzImage, PVH)`,
  }),
  'iosize-overlap': (diagnosis) => ({
    finding: `the exit device covers more than one port and caught the write of ${diagnosis.value} to the neighbour ${portName(diagnosis.caughtPort)}`,
    hint: 'set "exit-iosize: 1" under "machine:" in the recipe; the device takes 2 when it is not told',
  }),
  panic: (diagnosis, { point }) => ({
    finding: `the kernel panicked before "${point}": ${diagnosis.message}`,
    hint: diagnosis.message.includes('Unable to mount root fs')
      ? 'it found no /init: with "init: builtin" it needs CONFIG_BLK_DEV_INITRD=y, with "init: none" the word rdinit=/dev/console in "append:" under "machine:"'
      : `read the console above; mostly "append:" under "machine:" or the kernel's configuration is the cause`,
  }),
  'init-failed': ({ trouble }) => initFailed(trouble),
  'triple-fault': (_diagnosis, { point }) => ({
    finding: `the guest's processor gave up (triple fault) before "${point}"`,
    hint: 'the firmware and the kernel do not suit this machine: check "type:" and "cpu:" under "machine:", and that the kernel is a 64-bit bzImage',
  }),
  reboot: (_diagnosis, { point }) => ({
    finding: `the guest rebooted before "${point}"`,
    hint: 'read the console above for the cause (a kernel without the patch for its point runs on and ends so, too); with "panic=0" in "append:" under "machine:" a kernel that panics stops there instead of rebooting',
  }),
  hang,
  crash: (diagnosis, { point }) => ({
    finding: `the hypervisor itself was ended by ${diagnosis.signal} before "${point}"`,
    hint: 'try the command above by hand; with a hypervisor of your own, build it with debug information and run it in gdb',
  }),
  'no-such-machine': noSuchMachine,
  'no-such-device': (diagnosis) => ({
    finding: `this hypervisor or machine has no device "${diagnosis.device}"`,
    hint: 'set "exit-device:" under "machine:" in the recipe to isa-debug-exit (machines with an ISA bus) or sysbus-debugexit (NEMU)',
  }),
  'cpu-refused': cpuRefused,
  'kvm-unusable': (diagnosis) => ({
    finding: `KVM cannot be used here: ${diagnosis.detail}`,
    hint: '"--set machine.accel=tcg" measures without KVM; "bootlap doctor" tells what KVM lacks',
  }),
  'hypervisor-error': (diagnosis) => ({
    finding: `the hypervisor refused to start: ${diagnosis.message}`,
    hint: 'correct what it names under "machine:" in the recipe, or try the command above by hand',
  }),
  'other-status': (diagnosis, { point }) => ({
    finding: `the hypervisor ended with status ${diagnosis.status} before "${point}"`,
    hint: 'read the console above, or try the command above by hand',
  }),
  untraceable: ({ why }) => untraceable(why),
};

/** One sentence for what was found, one for what to do. A diagnosis without words does not compile. */
export function explainDiagnosis(probe: ProbeFailed): DiagnosisText {
  const explain = EXPLAINERS[probe.diagnosis.kind] as (diagnosis: Diagnosis, probe: ProbeFailed) => DiagnosisText;
  return explain(probe.diagnosis, probe);
}

function initFailed(trouble: InitTrouble): DiagnosisText {
  const orNot =
    'or measure without the first program: "--set init=none", and without its point and phase in the recipe';
  switch (trouble.kind) {
    case 'no-port-access':
      return {
        finding: 'the first program ran and could not reach its port: the kernel has CONFIG_X86_IOPL_IOPERM off',
        hint: `add CONFIG_X86_IOPL_IOPERM=y to a fragment of the kernel's configuration, ${orNot}`,
      };
    case 'port-refused':
      return {
        finding: 'the first program ran and the kernel refused it its port',
        hint: `the kernel is locked down: take "lockdown=" out of "append:" under "machine:", or CONFIG_SECURITY_LOCKDOWN_LSM out of its configuration, ${orNot}`,
      };
    case 'not-executed':
      return {
        finding: `the kernel could not execute /init of the initial RAM disk (error ${trouble.error})`,
        hint: `it takes a 64-bit kernel with CONFIG_BINFMT_ELF=y (error -8: neither), ${orNot}`,
      };
    case 'not-found':
      return {
        finding: 'the kernel found no /init to start',
        hint: 'with "init: builtin" in the recipe the VM gets one in an initial RAM disk: the kernel needs CONFIG_BLK_DEV_INITRD=y, and no "rdinit=" or "noinitrd" in "append:" under "machine:"',
      };
  }
}

function untraceable(why: Untraceable): DiagnosisText {
  const instead = '"--set measure.method=exit" measures with a boot for each point';
  switch (why.kind) {
    case 'no-isa-bus':
      return {
        finding: 'this machine has no ISA bus, so no boot can be traced',
        hint: `${instead}; with "auto" that is taken by itself`,
      };
    case 'refused':
      return { finding: `a boot of all points cannot be started: ${why.detail}`, hint: instead };
    case 'wrong-value':
      return {
        finding: `boots that end at a point come through, but in a traced one the guest wrote ${why.found} at the port of "${why.point}"`,
        hint: `the guest writes there more than once or something else; ${instead}`,
      };
    case 'point-missing':
      return {
        finding: `boots that end at a point come through, but a traced one did not show ${alternatives(why.points)}`,
        hint: instead,
      };
    case 'out-of-order':
      return {
        finding: `in a traced boot "${why.point}" came before "${why.after}"`,
        hint: `put the entries of "points:" in the recipe in the order in which a boot comes through them; ${instead}`,
      };
  }
}

function hang(diagnosis: Extract<Diagnosis, { kind: 'hang' }>, { point }: ProbeFailed): DiagnosisText {
  const reached =
    diagnosis.lastPoint === undefined
      ? 'no point was reached before'
      : `the last point that came through is "${diagnosis.lastPoint}"`;
  return {
    finding: `the guest did not get to "${point}" within ${diagnosis.seconds} s; ${reached}`,
    hint: 'a slow host needs a longer "--set measure.timeout=60s"; else the firmware or the kernel may not know this machine: check their "patches:", or try another type ("microvm" hangs now and then without KVM, "pc" does not)',
  };
}

function cpuRefused({ model, detail, fallbacks }: Extract<Diagnosis, { kind: 'cpu-refused' }>): DiagnosisText {
  const wanted = model === undefined ? "the hypervisor's own CPU model" : `the CPU model "${model}"`;
  const others = fallbacks.length === 0 ? '' : `, nor ${alternatives(fallbacks)}`;
  return {
    finding: `${wanted} cannot be had on this machine${others}: ${detail}`,
    hint: 'try "--set machine.cpu=qemu64", or name models to fall back on: "cpu-fallbacks:" under "machine:" in the recipe',
  };
}

const MACHINES_NAMED = 8;

function noSuchMachine(diagnosis: Extract<Diagnosis, { kind: 'no-such-machine' }>): DiagnosisText {
  const more = diagnosis.known.length - MACHINES_NAMED;
  const rest = more > 0 ? ` (and ${more} more: "-machine help")` : '';
  const known =
    diagnosis.known.length === 0 ? '' : `; it knows ${alternatives(diagnosis.known.slice(0, MACHINES_NAMED))}${rest}`;
  const nearest = diagnosis.nearest ?? 'pc';
  return {
    finding: `this hypervisor has no machine type "${diagnosis.machine}"${known}`,
    hint: `${diagnosis.nearest === undefined ? 'try' : 'did you mean'} "--set machine.type=${nearest}"${diagnosis.nearest === undefined ? '' : '?'}`,
  };
}

import { readHost, type HostRecord } from '../../measure/host.js';
import { ok, warn, type Check } from './check.js';

/** The parts of this machine that decide how fast boots are and how steady their times. */
export function checkMachine(): Check[] {
  const host = readHost();
  return [
    ok('processor', `${host.cpu}, ${host.processors} logical, ${host.memoryMib} MiB of memory`),
    checkKvm(host),
    checkGovernor(host),
    checkTurbo(host),
    checkLoad(host),
  ];
}

function checkKvm({ kvm, virtualised }: HostRecord): Check {
  switch (kvm) {
    case 'missing':
      return warn(
        'KVM',
        'there is no /dev/kvm: boots run with TCG, an emulated processor, and take longer',
        virtualised
          ? 'this machine is a guest: its host has to allow nested virtualisation'
          : 'switch virtualisation on in the firmware set-up and load kvm_intel or kvm_amd',
      );
    case 'forbidden':
      return warn(
        'KVM',
        '/dev/kvm is there and this user may not open it: boots run with TCG',
        'sudo usermod -aG kvm "$USER", then log in anew',
      );
    case 'usable':
      return virtualised
        ? warn(
            'KVM',
            '/dev/kvm opens, but this machine is itself a guest',
            'nothing yet: only a boot to the last point tells; every run finds out and says which it took',
          )
        : ok('KVM', '/dev/kvm opens; only a boot to the last point proves that it serves, and every run finds out');
  }
}

function checkGovernor({ governor }: HostRecord): Check {
  if (governor === undefined) {
    return ok('governor', 'not told by this kernel');
  }
  return governor === 'performance'
    ? ok('governor', governor)
    : warn(
        'governor',
        `${governor}: the clock changes while boots are timed`,
        '--tune sets it while boots are timed; by hand: echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor',
      );
}

function checkTurbo({ turbo }: HostRecord): Check {
  if (turbo === undefined) {
    return ok('turbo', 'not told by this kernel');
  }
  return turbo
    ? warn(
        'turbo',
        'on: the clock depends on temperature and on what else runs',
        '--tune turns it off while boots are timed; by hand: echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo (Intel), or echo 0 to cpufreq/boost',
      )
    : ok('turbo', 'off');
}

function checkLoad({ load, processors }: HostRecord): Check {
  const [last = 0] = load;
  return last <= processors * 0.5
    ? ok('load', String(last))
    : warn(
        'load',
        `${last} on ${processors} processors: other work disturbs what is timed`,
        'end what does not have to run before you measure',
      );
}

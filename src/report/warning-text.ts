import { readableDuration } from '../measure/duration.js';
import type {
  BusyHost,
  SiblingBusy,
  SmtUnpinned,
  StolenTime,
  SessionsApart,
  Warning,
  WideInterval,
} from './warnings.js';

/** A warning for a person. Neither begins with a capital letter or ends with a full stop. */
export interface WarningText {
  /** What was found. */
  readonly text: string;
  /** What it means or what to do about it. */
  readonly advice: string;
}

/** A warning in words. */
export function warningText(warning: Warning): WarningText {
  switch (warning.kind) {
    case 'failed-boots': {
      const { failed, counted, outcomes } = warning;
      const kinds = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
      return {
        text: `${failed} of ${counted} boots failed and are in no figure (${kinds.join(', ')})`,
        advice: 'their last console lines are in samples.ndjson and in the log of "measure"',
      };
    }
    case 'failed-warmup':
      return {
        text: `${warning.failed} of ${warning.boots} warm-up boots failed`,
        advice: 'they count for nothing, but a boot that fails once can fail again; their console is in samples.ndjson',
      };
    case 'emulated':
      return {
        text: `without KVM (${EMULATED[warning.reason].why}): every instruction is emulated`,
        advice: `compare these figures with each other only; ${EMULATED[warning.reason].cure}`,
      };
    case 'busy-host':
    case 'sibling-busy':
    case 'smt-unpinned':
    case 'stolen-time':
      return sharedHost(warning);
    case 'governor':
      return {
        text: `the governor "${warning.governor}" changes the processor's frequency during boots`,
        advice: '--tune sets it to "performance" while measuring; by hand: cpupower frequency-set -g performance',
      };
    case 'turbo':
      return {
        text: 'turbo is on: the frequency depends on temperature and on what the other cores do',
        advice:
          '--tune turns it off while measuring; by hand: write 1 to intel_pstate/no_turbo or 0 to cpufreq/boost below /sys/devices/system/cpu',
      };
    default:
      return ofSeries(warning);
  }
}

/** Others that had a part of the machine. */
function sharedHost(warning: BusyHost | SiblingBusy | SmtUnpinned | StolenTime): WarningText {
  switch (warning.kind) {
    case 'busy-host':
      return busyHost(warning);
    case 'sibling-busy': {
      const { processor, siblings, busy } = warning;
      return {
        text: `processor ${siblings.join(' and ')}, on one core with the VM's ${processor}, was busy ${percent(busy)} of the time`,
        advice: `pin the VM to a core whose other thread is idle (--set measure.pin.vm=N), or ${SMT_OFF}`,
      };
    }
    case 'smt-unpinned':
      return {
        text: `the VM is not pinned, and SMT is on (${warning.processors} processors on ${warning.cores} cores): at times it shares a core`,
        advice: `pin VM and stopwatch to different cores (--set measure.pin.vm=1 --set measure.pin.stopwatch=0), or ${SMT_OFF}`,
      };
    case 'stolen-time':
      return {
        text: `the host of this machine took ${percent(warning.share)} of its processors' time away`,
        advice: 'its other guests were busy: measure at another hour, on a dedicated host, or on bare metal',
      };
  }
}

const SMT_OFF = 'switch SMT off: echo off | sudo tee /sys/devices/system/cpu/smt/control';

/** By what was seen while it measured, or else by the load when it began. */
function busyHost({ load, others, processors }: BusyHost): WarningText {
  return others === undefined
    ? {
        text: `the load was ${load} on ${processors} processors when it began`,
        advice: 'end what else runs and measure again (--force measure); a build that has just ended counts in it, too',
      }
    : {
        text: `other programs had ${others.toFixed(1)} of ${processors} processors while boots were timed`,
        advice: 'end what else runs and measure again (--force measure)',
      };
}

const EMULATED = {
  asked: { why: 'as the recipe asks', cure: '--set machine.accel=auto takes KVM where it works' },
  'kvm-boots': { why: 'as the recipe asks', cure: '--set machine.accel=auto takes KVM where it works' },
  'kvm-missing': {
    why: 'there is no /dev/kvm',
    cure: 'for those of hardware, measure on bare metal or where nested virtualisation is on',
  },
  'kvm-forbidden': {
    why: 'this user may not open /dev/kvm',
    cure: 'for those of hardware, join its group, mostly "kvm"',
  },
  'kvm-hangs': { why: 'a boot with KVM hangs here', cure: '"bootlap doctor" tells what KVM lacks' },
  'kvm-fails': { why: 'a boot with KVM fails here', cure: '"bootlap doctor" tells what KVM lacks' },
} as const;

/** Whether there are words for that reason of doing without KVM. */
export function isEmulationReason(reason: string): boolean {
  return Object.hasOwn(EMULATED, reason);
}

type SeriesWarning = Extract<Warning, { readonly point: string }>;

function ofSeries(warning: SeriesWarning): WarningText {
  switch (warning.kind) {
    case 'few-boots':
      return fewBoots(warning);
    case 'first-boots-slow': {
      const { first, difference, median, point, warmup } = warning;
      return {
        text: `the first ${first} boots to "${point}" took ${readableDuration(difference)} (${percent(difference / median)}) longer than the rest`,
        advice: `let them warm up the machine: --set measure.warmup=${warmup}`,
      };
    }
    case 'sessions-apart':
      return sessionsApart(warning);
    case 'drift': {
      const { change, median, point } = warning;
      const [size, way] = [readableDuration(Math.abs(change)), change > 0 ? 'slower' : 'faster'];
      return {
        text: `boots to "${point}" grew ${way}: by ${size} (${percent(Math.abs(change) / median)}) from the first third to the last`,
        advice:
          'phases are safe from it, because boots are interleaved; times of another day are not: look for heat or other work',
      };
    }
    case 'two-modes': {
      const { low, high, point } = warning;
      return {
        text: `boots to "${point}" fall into two groups: ${group(low)} and ${group(high)}`,
        advice:
          'the median lies in the larger one: look for what differs (core, frequency, placement); --set measure.pin.vm=1 keeps the VM on one processor',
      };
    }
    case 'outliers':
      return {
        text: `${warning.outliers} of ${warning.n} boots to "${warning.point}" stand apart from the rest`,
        advice: 'the median hardly moves by them, p95 and more do: something else ran at times',
      };
  }
}

function sessionsApart({ difference, median, point, session, sessions }: SessionsApart): WarningText {
  const [size, way] = [readableDuration(Math.abs(difference)), difference > 0 ? 'longer' : 'shorter'];
  const share = percent(Math.abs(difference) / median);
  return {
    text: `in session ${session} of ${sessions}, boots to "${point}" took ${size} (${share}) ${way} than before`,
    advice:
      'the machine was not the same when boots were added, so the figures are of neither state: --force measure begins again',
  };
}

/** Few as such, or few for how much they vary. */
function fewBoots({ n, width, median, point, enough, few }: WideInterval): WarningText {
  return few
    ? {
        text: `${n} boot${n === 1 ? ' is' : 's are'} few: the interval of "${point}" is little more than the fastest and the slowest`,
        advice: `--set measure.boots=${enough} boots often enough for the figures to be quoted`,
      }
    : {
        text: `the interval of "${point}" is ${percent(width / median)} of its median wide, of ${n} boots`,
        advice: `--set measure.boots=${enough} should bring it below 5 %`,
      };
}

function group({ median, share }: { readonly median: number; readonly share: number }): string {
  return `${percent(share)} about ${readableDuration(median)}`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${value.toFixed(value < 9.95 ? 1 : 0)} %`;
}

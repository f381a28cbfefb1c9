import type { Digest } from '../../src/core/digest.js';
import { bootPlan } from '../../src/measure/boot-plan.js';
import type { BootEnd } from '../../src/measure/boot.js';
import type { MeasurementRecord } from '../../src/measure/measurement-record.js';
import { sampleOf, type Sample } from '../../src/measure/samples.js';
import type { Outcome } from '../../src/measure/verdict.js';

const PLAN = { points: ['firmware', 'kernel', 'user-space'], boots: 4, warmup: 1, seed: 1 };
const MILLISECONDS: Readonly<Record<string, number>> = { firmware: 48, kernel: 55, 'user-space': 1850 };

/** Samples of three points with known durations; block by block they are 0, 1, 2 ... milliseconds longer. */
export function knownSamples(outcomes: Readonly<Record<number, Outcome>> = {}): Sample[] {
  return bootPlan(PLAN).map((planned) => {
    const elapsedNs = BigInt((MILLISECONDS[planned.point] ?? 0) + planned.block) * 1_000_000n;
    const end: BootEnd = {
      startNs: 1_000n,
      endNs: 1_000n + elapsedNs,
      elapsedNs,
      status: 3,
      timedOut: false,
      userNs: 0n,
      sysNs: 0n,
      maxRssKib: 0,
      minorFaults: 0,
      majorFaults: 0,
      voluntarySwitches: 0,
      involuntarySwitches: 0,
      console: '',
      errors: '',
    };
    return sampleOf(planned, end, {
      outcome: outcomes[planned.boot] ?? 'reached',
      session: 1,
      at: '2026-01-02T03:04:05.000Z',
    });
  });
}

/** The record of a measurement that such samples are from. */
export function knownRecord(): MeasurementRecord {
  const digest = 'a'.repeat(64) as Digest;
  return {
    schemaVersion: 1,
    fingerprint: digest,
    method: 'exit',
    plan: PLAN,
    probe: {
      schemaVersion: 1,
      accelerator: 'tcg',
      reason: 'kvm-hangs',
      machine: 'pc',
      exitDevice: 'isa-debug-exit',
      exitIosize: 1,
      points: [],
    },
    memoryMib: 512,
    processors: 1,
    timeout: '30s',
    host: {
      cpu: 'Some | Processor',
      kernel: '6.1.0',
      architecture: 'x64',
      processors: 2,
      mitigations: { meltdown: 'Not affected' },
      kernelBuild: '#1',
      virtualised: false,
      kvm: 'missing',
      memoryMib: 4096,
      load: [0, 0, 0],
    },
    inputs: { hypervisor: digest, firmware: digest, kernel: digest, stopwatch: digest },
    firstBootAt: '2026-01-02T03:04:05.000Z',
    lastBootAt: '2026-01-02T03:05:05.000Z',
    sessions: 1,
  };
}

import type { Digest } from '../../src/core/digest.js';
import { bootPlan, type MeasuringMethod, type PlannedBoot, type PlanRequest } from '../../src/measure/boot-plan.js';
import type { BootEnd } from '../../src/measure/boot.js';
import type { HostRecord } from '../../src/measure/host.js';
import type { MeasurementRecord } from '../../src/measure/measurement-record.js';
import { sampleOf, type Sample } from '../../src/measure/samples.js';
import type { Outcome } from '../../src/measure/verdict.js';

const POINTS = [
  { name: 'firmware', port: 0xf5, value: 1 },
  { name: 'kernel', port: 0xf4, value: 3 },
  { name: 'user-space', port: 0xf6, value: 2 },
];
const MILLISECONDS: Readonly<Record<string, number>> = { firmware: 48, kernel: 55, 'user-space': 1850 };
/** How much later a boot that ends at a point is over than a traced one shows it. */
export const TEARDOWN_MILLISECONDS = 10;

function plan(method: MeasuringMethod): PlanRequest {
  return { method, points: POINTS.map(({ name }) => name), boots: 4, warmup: 1, seed: 1 };
}

/**
 * Samples of three points with known durations; block by block they are 0, 1, 2 ... milliseconds longer. Those of traced
 * boots are {@link TEARDOWN_MILLISECONDS} shorter.
 */
export function knownSamples(
  outcomes: Readonly<Record<number, Outcome>> = {},
  method: MeasuringMethod = 'exit',
): Sample[] {
  return bootPlan(plan(method)).map((planned) =>
    sampleOf(planned, knownEnd(planned), {
      outcome: outcomes[planned.boot] ?? 'reached',
      session: 1,
      at: '2026-01-02T03:04:05.000Z',
      points: POINTS,
    }),
  );
}

function knownEnd({ method, point, block }: PlannedBoot): BootEnd {
  const isTraced = method === 'trace';
  const shorter = isTraced ? TEARDOWN_MILLISECONDS : 0;
  const nsOf = (name: string): bigint => BigInt((MILLISECONDS[name] ?? 0) + block - shorter) * 1_000_000n;
  const elapsedNs = nsOf(point);
  return {
    startNs: 1_000n,
    endNs: 1_000n + elapsedNs,
    elapsedNs,
    ...(isTraced ? { signal: 'SIGKILL' } : { status: 3 }),
    timedOut: false,
    markers: isTraced ? POINTS.map(({ name, value }, marker) => ({ marker, byte: value, ns: nsOf(name) })) : [],
    endedAtMarker: isTraced,
    memoryLocked: true,
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
}

/** The record of a measurement that such samples are from. */
export function knownRecord(method: MeasuringMethod = 'exit'): MeasurementRecord {
  const digest = 'a'.repeat(64) as Digest;
  return {
    schemaVersion: 2,
    fingerprint: digest,
    method,
    plan: plan(method),
    probe: {
      schemaVersion: 2,
      method,
      accelerator: 'tcg',
      reason: 'kvm-hangs',
      machine: 'pc',
      exitDevice: 'isa-debug-exit',
      exitIosize: 1,
      points: [],
    },
    memoryMib: 512,
    append: '',
    arguments: [],
    processors: 1,
    timeout: '30s',
    scheduling: { memoryLocked: true },
    host: knownHost(),
    inputs: { hypervisor: digest, firmware: digest, kernel: digest, stopwatch: digest },
    firstBootAt: '2026-01-02T03:04:05.000Z',
    lastBootAt: '2026-01-02T03:05:05.000Z',
    sessions: 1,
  };
}

/** A host on which nothing stands against a measurement. */
export function knownHost(): HostRecord {
  return {
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
  };
}

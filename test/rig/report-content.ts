import type { Digest } from '../../src/core/digest.js';
import { bootPlan, type MeasuringMethod, type PlannedBoot, type PlanRequest } from '../../src/measure/boot-plan.js';
import { seededRandom } from '../../src/measure/random.js';
import type { Sample } from '../../src/measure/samples.js';
import { statistics } from '../../src/measure/statistics/describe.js';
import { outliers } from '../../src/measure/statistics/outliers.js';
import type { Outcome } from '../../src/measure/verdict.js';
import { countedDurations, readings } from '../../src/report/chart/readings.js';
import type { ReportContent } from '../../src/report/html/content.js';
import type { PointSummary, Summary } from '../../src/report/summary.js';
import { spentNothing } from './measured.js';
import { knownHost } from './vm-summary.js';

/** A point of a made-up boot, and when it comes, in milliseconds. */
interface MadePoint {
  readonly name: string;
  readonly label?: string;
  readonly at: number;
}

/** What a made-up measurement is to be like. */
export interface ContentWish {
  readonly method?: MeasuringMethod;
  readonly boots?: number;
  readonly warmup?: number;
  readonly points?: readonly MadePoint[];
  readonly phases?: readonly Pick<Summary['phases'][number], 'name' | 'label' | 'from' | 'to' | 'in'>[];
  /** Number of a boot in the plan -> how it came out. */
  readonly outcomes?: Readonly<Record<number, Outcome>>;
  /** Boots from this number on are of a second session. */
  readonly goneOnWithAt?: number;
  readonly console?: readonly string[];
  readonly warnings?: Summary['warnings'];
  readonly name?: string;
}

const POINTS: readonly MadePoint[] = [
  { name: 'firmware', label: 'firmware starts', at: 48 },
  { name: 'kernel', label: 'kernel starts', at: 55 },
  { name: 'user-space', label: 'user space starts', at: 350 },
];

const PHASES: ContentWish['phases'] = [
  { name: 'tQEMU', label: 'the hypervisor', to: 'firmware' },
  { name: 'tFW', label: 'the firmware', from: 'firmware', to: 'kernel' },
  { name: 'tKernel', label: 'the kernel', from: 'kernel', to: 'user-space' },
];

const DIGEST = 'a1'.repeat(32) as Digest;

/** What a report is made from, of boots that were never booted: the same wish gives the same boots. */
export function madeContent(wish: ContentWish = {}): ReportContent {
  const { method = 'exit', boots = 30, warmup = 2, points = POINTS } = wish;
  const plan: PlanRequest = { method, points: points.map(({ name }) => name), boots, warmup, seed: 7 };
  const random = seededRandom(7);
  const samples = bootPlan(plan).map((planned) => madeSample(planned, wish, random));
  return { summary: madeSummary(wish, samples), samples, plan, timeout: '30s', origins: {} };
}

function madeSample(planned: PlannedBoot, wish: ContentWish, random: () => number): Sample {
  const { points = POINTS, outcomes = {}, goneOnWithAt = Infinity } = wish;
  const outcome = outcomes[planned.boot] ?? 'reached';
  const slower = 1 + random() ** 3 / 5 + (planned.warmup ? 0.3 : 0);
  const nanoseconds = (name: string): string =>
    String(Math.round((points.find((point) => point.name === name)?.at ?? 0) * slower * 1e6));
  const traced = planned.method === 'trace' && outcome === 'reached';
  const elapsedNs = nanoseconds(planned.point);
  return {
    ...planned,
    outcome,
    session: planned.boot >= goneOnWithAt ? 2 : 1,
    at: '2026-01-02T03:04:05.678Z',
    timedOut: outcome === 'hung',
    startNs: '0',
    endNs: elapsedNs,
    elapsedNs,
    endedAtMarker: traced,
    ...(traced ? { markersNs: Object.fromEntries(points.map(({ name }) => [name, nanoseconds(name)])) } : {}),
    ...spentNothing,
    ...(outcome === 'reached' ? {} : { console: wish.console ?? ['the last line of the guest'], errors: [] }),
  };
}

function madeSummary(wish: ContentWish, samples: readonly Sample[]): Summary {
  const { method = 'exit', name = 'stock', goneOnWithAt } = wish;
  const main = method === 'exit' ? 'exit' : 'trace';
  const points = madePoints(wish, samples, main);
  const phases = madePhases(wish, points);
  const both = {
    other: { method: 'exit' as const, boots: 30, points: madePoints(wish, samples, 'exit'), phases },
    apart: phases.map((phase) => ({ phase: phase.name, difference: 2e6, interval: { low: 1e6, high: 3e6 } })),
  };
  return {
    schemaVersion: 2,
    unit: 'ns',
    recipe: { name, description: 'Boots that were never booted.' },
    machine: {
      accelerator: 'tcg',
      reason: 'kvm-hangs',
      type: 'pc',
      memoryMib: 512,
      processors: 1,
      append: '',
      arguments: [],
    },
    points,
    phases,
    boots: bootCounts(samples),
    measured: {
      method,
      fingerprint: DIGEST,
      seed: 7,
      firstBootAt: '2026-01-02T03:04:05.678Z',
      lastBootAt: '2026-01-02T03:14:05.678Z',
      sessions: goneOnWithAt === undefined ? 1 : 2,
      scheduling: { memoryLocked: true },
    },
    host: { ...knownHost(), cpu: 'Some Processor' },
    inputs: { hypervisor: DIGEST, firmware: DIGEST, kernel: DIGEST, stopwatch: DIGEST },
    warnings: wish.warnings ?? [],
    ...(method === 'both' ? both : {}),
  };
}

function madePoints(
  { points = POINTS }: ContentWish,
  samples: readonly Sample[],
  method: 'exit' | 'trace',
): PointSummary[] {
  return points.map(({ name, label }, index) => {
    const all = readings(samples, name, method);
    const durations = countedDurations(all);
    const figures = statistics(durations);
    const interval = { low: (figures?.median ?? 0) * 0.99, high: (figures?.median ?? 0) * 1.01 };
    return {
      name,
      ...(label === undefined ? {} : { label }),
      port: 0xf0 + index,
      value: 1,
      ...(figures === undefined
        ? {}
        : { statistics: { ...figures, interval, outliers: outliers(durations).filter(Boolean).length } }),
      failed: all.filter(({ kind }) => kind === 'failed').length,
    };
  });
}

function madePhases({ phases = PHASES ?? [] }: ContentWish, points: readonly PointSummary[]): Summary['phases'] {
  const medians = new Map(points.map(({ name, statistics: figures }) => [name, figures?.median]));
  return phases.map((phase) => {
    const begin = phase.from === undefined ? 0 : medians.get(phase.from);
    const end = medians.get(phase.to);
    if (begin === undefined || end === undefined) {
      return phase;
    }
    const median = end - begin;
    return { ...phase, median, interval: { low: median - 1e6, high: median + 1.5e6 } };
  });
}

function bootCounts(samples: readonly Sample[]): Summary['boots'] {
  const warmup = samples.filter((sample) => sample.warmup).length;
  return { counted: samples.length - warmup, failed: 0, warmup, warmupFailed: 0, outcomes: {} };
}

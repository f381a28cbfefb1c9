import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootPlan, type MeasuringMethod } from '../../src/measure/boot-plan.js';
import type { MeasurementRecord } from '../../src/measure/measurement-record.js';
import { seededRandom } from '../../src/measure/random.js';
import type { Sample } from '../../src/measure/samples.js';
import type { Side } from '../../src/report/comparison.js';
import { summarise } from '../../src/report/summary.js';
import { guestRecipe } from './vm-step.js';
import { knownRecord } from './vm-summary.js';

/** A measurement whose truth is known. */
export interface Truth {
  readonly method?: MeasuringMethod;
  readonly boots?: number;
  /** Of the noise. */
  readonly seed?: number;
  /** Point -> milliseconds from the start of the VM. */
  readonly milliseconds?: Readonly<Record<string, number>>;
  /** Share of a duration that boots vary by, up and down alike. */
  readonly noise?: number;
  /** What of the record differs. */
  readonly record?: Partial<MeasurementRecord>;
}

const MILLISECONDS: Readonly<Record<string, number>> = { firmware: 48, kernel: 56, 'user-space': 1850 };

/** What a boot has used of the host, when it is of no account. */
export const spentNothing = {
  memoryLocked: true,
  userNs: '0',
  sysNs: '0',
  maxRssKib: 0,
  minorFaults: 0,
  majorFaults: 0,
  voluntarySwitches: 0,
  involuntarySwitches: 0,
} as const satisfies Partial<Sample>;

/** Samples of such a measurement; the tiny guest's three points, two warm-up boots for each. */
export function samplesOf({
  method = 'trace',
  boots = 20,
  seed = 1,
  milliseconds = {},
  noise = 0.01,
}: Truth): Sample[] {
  const points = Object.keys(MILLISECONDS);
  const random = seededRandom(seed);
  const nanoseconds = (point: string): string => {
    const centre = (milliseconds[point] ?? MILLISECONDS[point] ?? 0) * 1e6;
    return String(Math.round(centre * (1 + noise * (2 * random() - 1))));
  };
  return bootPlan({ method, points, boots, warmup: 2, seed }).map((planned) => {
    const markersNs = Object.fromEntries(points.map((point) => [point, nanoseconds(point)]));
    const elapsedNs = markersNs[planned.point] ?? '0';
    const traced = planned.method === 'trace';
    return {
      ...planned,
      outcome: 'reached',
      session: 1,
      at: '2026-01-02T03:04:05.000Z',
      timedOut: false,
      endedAtMarker: traced,
      ...(traced ? { markersNs } : {}),
      startNs: String(1_000_000_000_000 + planned.boot * 10_000_000_000),
      endNs: String(1_000_000_000_000 + planned.boot * 10_000_000_000 + Number(elapsedNs)),
      elapsedNs,
      ...spentNothing,
    };
  });
}

/** Such a measurement as a side of a comparison. */
export function sideOf(truth: Truth = {}, name = 'one'): Side {
  const method = truth.method ?? 'trace';
  const samples = samplesOf(truth);
  const known = knownRecord(method);
  const plan = { ...known.plan, method, boots: truth.boots ?? 20, seed: truth.seed ?? 1 };
  const summary = summarise(guestRecipe(), { ...known, plan, ...truth.record }, samples);
  return { name, samplesFile: `/${name}/samples.ndjson`, summary, samples };
}

/** Puts such a measurement into a folder, as a run leaves it; gives the folder. */
export function writeMeasured(folder: string, truth: Truth = {}): string {
  const { summary, samples } = sideOf(truth);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'samples.ndjson'), samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
  return folder;
}

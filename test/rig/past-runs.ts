import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../src/core/digest.js';
import type { HostRecord } from '../../src/measure/host.js';
import type { PastRun } from '../../src/report/history/sort-out.js';
import type { Summary } from '../../src/report/summary.js';
import { drawer } from './drawn.js';
import { sideOf } from './measured.js';

/** What a run of the past is to be like. */
export interface PastTruth {
  /** Milliseconds of tQEMU, tFW and tKernel, before the noise. */
  readonly phases?: readonly [number, number, number];
  /** Standard deviation of a run, as a share; 0.01 where it is not given. */
  readonly noise?: number;
  /** Name of an input -> a letter that its digest is made of. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly host?: Partial<HostRecord>;
  readonly memoryMib?: number;
}

/** Runs of the tiny guest, one a day from the second of January on, each as `truth` says of its index. */
export function pastRuns(count: number, truth: (index: number) => PastTruth = () => ({})): PastRun[] {
  const draw = drawer(count);
  const like = sideOf().summary;
  return Array.from({ length: count }, (_, index) =>
    pastRun(like, { index, truth: truth(index), normal: draw.normal }),
  );
}

interface Making {
  readonly index: number;
  readonly truth: PastTruth;
  readonly normal: () => number;
}

/** The figures of a measurement moved to where they are to be: hundreds of them are not worked out one by one. */
function pastRun(like: Summary, { index, truth, normal }: Making): PastRun {
  const { phases = [48, 8, 1794], noise = 0.01, inputs = {}, host = {}, memoryMib = 512 } = truth;
  const lengths = phases.map((length) => Math.round(1e6 * length * (1 + noise * normal())));
  const ends = lengths.map((_, phase) => lengths.slice(0, phase + 1).reduce((sum, length) => sum + length));
  const day = new Date(Date.UTC(2026, 0, 2 + index, 3, 4, 5));
  const digests = Object.entries(inputs).map(([name, letter]) => [name, letter.repeat(64) as Digest]);
  const summary: Summary = {
    ...like,
    points: like.points.map((point, place) => ({ ...point, ...movedPoint(point, ends[place] ?? 0) })),
    phases: like.phases.map((phase, place) => ({ ...phase, ...figureAt(lengths[place] ?? 0) })),
    machine: { ...like.machine, memoryMib },
    host: { ...like.host, ...host },
    inputs: { ...like.inputs, ...Object.fromEntries(digests) },
    measured: {
      ...like.measured,
      firstBootAt: day.toISOString(),
      lastBootAt: new Date(day.getTime() + 60_000).toISOString(),
    },
  };
  return { id: `${day.toISOString().replace(/[-:]|\.\d+/g, '')}-guest-${String(index).padStart(4, '0')}`, summary };
}

function movedPoint({ statistics }: Summary['points'][number], to: number): Partial<Summary['points'][number]> {
  return statistics === undefined ? {} : { statistics: { ...statistics, ...figureAt(to) } };
}

function figureAt(median: number): { median: number; interval: { low: number; high: number } } {
  return { median, interval: { low: Math.round(median * 0.997), high: Math.round(median * 1.004) } };
}

/** Puts such runs into the `runs` of a workspace, as they leave themselves. */
export function writePastRuns(workspace: string, runs: readonly PastRun[]): void {
  for (const { id, summary } of runs) {
    mkdirSync(join(workspace, 'runs', id), { recursive: true });
    writeFileSync(join(workspace, 'runs', id, 'summary.json'), JSON.stringify(summary));
  }
}

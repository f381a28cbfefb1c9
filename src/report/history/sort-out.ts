import { differences, type Conditions, type Difference } from '../../measure/comparison/conditions.js';
import type { HostRecord } from '../../measure/host.js';
import type { Summary } from '../summary.js';

/** A measurement of the past. */
export interface PastRun {
  /** Of the run: `20260102T030405Z-stock-ab12`. */
  readonly id: string;
  readonly summary: Summary;
}

/** Runs that do not belong to a history, and why. */
export interface LeftOut {
  /** Measured under other conditions, by what differs; those with the most runs first. */
  readonly otherConditions: readonly OtherRuns[];
  /** Measured on other machines, by processor. */
  readonly otherHosts: readonly OtherRuns[];
  /** Runs that measured nothing new: the boots of each are in a run that is there. */
  readonly repeated: number;
  /** No boot came to the last point. */
  readonly unreached: readonly string[];
  /** What they left cannot be read. */
  readonly unfit: readonly UnfitRun[];
  /** Older than the oldest that is looked at. */
  readonly older: number;
}

/** Runs that belong to another history. */
export interface OtherRuns {
  /** What differs: `machine.memory: 256 MiB`. */
  readonly what: string;
  readonly runs: number;
  /** Id of the newest of them. */
  readonly newest: string;
}

/** A run whose `summary.json` says nothing to us. */
export interface UnfitRun {
  readonly id: string;
  /** `it is of version 1`. */
  readonly detail: string;
}

/** The runs of one history, the oldest first, and the others. */
export interface SortedOut {
  readonly runs: readonly PastRun[];
  readonly leftOut: LeftOut;
}

/** More runs are not looked at: the search for changes takes the longer by the square of their number. */
export const MOST_RUNS = 200;

/**
 * The runs that belong together with one of them: measured on the same machine and booted in the same way, each set of
 * boots once. That the host's kernel, microcode or settings changed is part of the history.
 * @param all of one recipe, that one among them, in any order
 */
export function sortOut(all: readonly PastRun[], like: PastRun, unfit: readonly UnfitRun[] = []): SortedOut {
  const reached = all.filter((run) => totalOf(run) !== undefined);
  const once = withoutRepeats(reached);
  const here = once.filter((run) => hostDifferences(run, like).length === 0);
  const same = here.filter((run) => otherwise(run, like).length === 0);
  return {
    runs: same.slice(-MOST_RUNS),
    leftOut: {
      otherConditions: counted(without(here, same), (run) => otherwise(run, like).map(told).join(', ')),
      otherHosts: counted(without(once, here), (run) => run.summary.host.cpu),
      repeated: reached.length - once.length,
      unreached: without(all, reached).map(({ id }) => id),
      unfit,
      older: Math.max(0, same.length - MOST_RUNS),
    },
  };
}

/** The last point of a run: the whole boot; `undefined` where no boot came there. */
export function totalOf({ summary }: PastRun): Required<Summary['points'][number]>['statistics'] | undefined {
  return summary.points.at(-1)?.statistics;
}

/** Whether a run is of this machine, as far as a machine can be told: a name it has not. */
export function isOnHost({ summary }: PastRun, host: HostRecord): boolean {
  return MACHINE.every((field) => summary.host[field] === host[field]);
}

/** What another machine has otherwise. The rest of a host can be changed on the same one. */
const MACHINE = ['architecture', 'cpu', 'virtualised', 'virtualisation'] as const;

function hostDifferences(run: PastRun, like: PastRun): readonly string[] {
  return MACHINE.filter((field) => run.summary.host[field] !== like.summary.host[field]);
}

/** In which conditions two runs differ, those of their hosts apart. */
function otherwise(run: PastRun, like: PastRun): Difference[] {
  const found = differences(conditionsOf(like), conditionsOf(run)).filter(({ field }) => !field.startsWith(HOST));
  const shapes = [
    { field: 'phases', a: wholePhases(like), b: wholePhases(run) },
    { field: 'matrix', a: cellsOf(like), b: cellsOf(run) },
  ];
  return [...found, ...shapes.filter(({ a, b }) => a !== b)];
}

const HOST = 'host.';

function conditionsOf({ summary: { host, machine, measured } }: PastRun): Conditions {
  return { host, machine, method: measured.method, scheduling: measured.scheduling };
}

/** Where two recipes of the same name do not take a boot apart in the same way, their totals are not the same either. */
function wholePhases({ summary }: PastRun): string {
  return summary.phases.flatMap(({ name, in: whole }) => (whole === undefined ? [name] : [])).join(' ');
}

function cellsOf({ summary: { cells = [] } }: PastRun): string {
  return cells.length === 0 ? 'none' : cells.map(({ name }) => name).join('; ');
}

function told({ field, b }: Difference): string {
  return `${field}: ${b}`;
}

/** A run that repeats a result from the cache, or went on with boots that were there, has the same first boot. */
function withoutRepeats(runs: readonly PastRun[]): PastRun[] {
  const kept = new Map<string, PastRun>();
  for (const run of [...runs].sort(byTime)) {
    const first = run.summary.measured.firstBootAt;
    const before = kept.get(first);
    if (before === undefined || before.summary.boots.counted < run.summary.boots.counted) {
      kept.set(first, run);
    }
  }
  return [...kept.values()].sort(byTime);
}

function byTime(one: PastRun, other: PastRun): number {
  const [a, b] = [one, other].map(({ id, summary }) => `${summary.measured.lastBootAt} ${id}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

function without(runs: readonly PastRun[], those: readonly PastRun[]): PastRun[] {
  return runs.filter((run) => !those.includes(run));
}

function counted(runs: readonly PastRun[], what: (run: PastRun) => string): OtherRuns[] {
  const groups = new Map<string, PastRun[]>();
  for (const run of runs) {
    groups.set(what(run), [...(groups.get(what(run)) ?? []), run]);
  }
  return [...groups]
    .map(([text, those]) => ({ what: text, runs: those.length, newest: those.at(-1)?.id ?? '' }))
    .sort((a, b) => b.runs - a.runs);
}

import { changePoints, fewestRuns } from '../../measure/statistics/change-points.js';
import type { Summary } from '../summary.js';
import { changesOf, type HistoryChange } from './change.js';
import type { LookUp } from './changed.js';
import { historyRun, quantitiesOf, type HistoryQuantity, type HistoryRun } from './figures.js';
import type { LeftOut, SortedOut } from './sort-out.js';

/** What `bootlap history` shows. Durations in nanoseconds. */
export interface History {
  readonly schemaVersion: 1;
  readonly unit: 'ns';
  readonly recipe: string;
  /** Of the newest run; all have it in common, but for the host's kernel, microcode and settings. */
  readonly machine: Summary['machine'];
  readonly method: Summary['measured']['method'];
  readonly host: Summary['host'];
  /** What is looked at: the whole boot, then the phases that all runs have a figure of. */
  readonly quantities: readonly HistoryQuantity[];
  /** The oldest first. */
  readonly runs: readonly HistoryRun[];
  /** In order. */
  readonly changes: readonly HistoryChange[];
  /** With fewer runs than this no change can be told. */
  readonly fewest: number;
  readonly leftOut: LeftOut;
}

/** What of the past is shown. */
export interface HistoryRequest {
  readonly recipe: string;
  readonly sorted: SortedOut;
  /** Names of the quantities that are looked at; all of them without it. */
  readonly only?: string;
  readonly lookUp: LookUp;
}

/** Of the permutations: the same runs give the same history. */
const SEED = 1;

/** Works a history out; there is at least one run. */
export function historyOf({ recipe, sorted, only, lookUp }: HistoryRequest): History {
  const { runs: past, leftOut } = sorted;
  const newest = past.at(-1);
  if (newest === undefined) {
    throw new Error('there is no run in this history');
  }
  const quantities = quantitiesOf(past).filter(({ name }) => only === undefined || name === only);
  const runs = past.map((run, index) => historyRun(run, { quantities, before: past[index - 1], lookUp }));
  const series = quantities.map(({ name }) => runs.map(({ figures }) => figures[name]?.median ?? Number.NaN));
  const found = changePoints(series, { seed: SEED });
  return {
    schemaVersion: 1,
    unit: 'ns',
    recipe,
    machine: newest.summary.machine,
    method: newest.summary.measured.method,
    host: newest.summary.host,
    quantities,
    runs,
    changes: changesOf(found, { runs, quantities, series }),
    fewest: fewestRuns(quantities.length),
    leftOut,
  };
}

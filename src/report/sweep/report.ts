import type { Json } from '../../core/json.js';
import type { CellSummary } from '../cell-summary.js';

/** What was measured of one cell of a sweep. Durations in nanoseconds. */
export type SweepFigures = Omit<CellSummary, 'name' | 'values'>;

/** Why a cell has no figures. */
export interface SweepFailure {
  /** One sentence. */
  readonly text: string;
  /** `make:kernel`, where a step has failed. */
  readonly step?: string;
  /** Absolute path of its log. */
  readonly log?: string;
}

/** A row of the report. */
export interface SweepRow {
  /** From 1. */
  readonly number: number;
  readonly name: string;
  /** Axis -> value. */
  readonly values: Readonly<Record<string, Json>>;
  /** `waiting`: neither measured nor failed yet. */
  readonly status: 'measured' | 'failed' | 'waiting';
  /** Number of the cell that it comes to the same as: what is told is of that one. */
  readonly sameAs?: number;
  /** How often it was tried, from 1. */
  readonly attempt?: number;
  /** The job in which its boots were made: cells of one job were booted in turn. */
  readonly job?: string;
  /** The host that it was booted on, for a person. */
  readonly host?: string;
  /** The name of that host, where it was another one than that of the sweep. */
  readonly node?: string;
  readonly figures?: SweepFigures;
  readonly failure?: SweepFailure;
}

/** `sweep.json`: what a sweep came to. */
export interface SweepReport {
  readonly schemaVersion: 1;
  readonly unit: 'ns';
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly file: string;
  readonly isCancelled: boolean;
  /** True: nothing is left to be done; of what failed nothing is tried again. */
  readonly isOver: boolean;
  readonly axes: readonly string[];
  /** The base first. */
  readonly cells: readonly SweepRow[];
  readonly extremes: readonly Extreme[];
}

/** The least and the most of a phase, or of the whole boot (`total`), over all cells. */
export interface Extreme {
  readonly phase: string;
  readonly best: Named;
  readonly worst: Named;
  /** The hosts that these cells were on; missing where all cells were on hosts of one kind. */
  readonly host?: string;
}

interface Named {
  readonly number: number;
  readonly name: string;
  /** Nanoseconds. */
  readonly median: number;
}

/** By which name the whole boot stands among the phases. */
export const WHOLE = 'total';

/** Puts a report together. Cells on hosts that differ have no best and worst among them: each kind of host has its own. */
export function sweepReport(known: Omit<SweepReport, 'schemaVersion' | 'unit' | 'extremes'>): SweepReport {
  const phases = [...phaseNames(known.cells), WHOLE];
  const kinds = hostKinds(known.cells);
  const extremes = phases.flatMap((phase) =>
    kinds.flatMap(({ host, cells }) =>
      extremeOf(phase, cells).map((extreme) => (kinds.length > 1 ? { ...extreme, host } : extreme)),
    ),
  );
  return { schemaVersion: 1, unit: 'ns', ...known, extremes };
}

/** Cells that were measured on hosts of one kind, whose medians can be compared. */
interface HostKind {
  /** The hosts, for a person. */
  readonly host: string;
  readonly cells: readonly SweepRow[];
}

function hostKinds(cells: readonly SweepRow[]): HostKind[] {
  const kinds = new Map<string, SweepRow[]>();
  for (const cell of cells.filter(({ figures }) => figures !== undefined)) {
    const own = kinds.get(cell.host ?? '') ?? [];
    kinds.set(cell.host ?? '', own);
    own.push(cell);
  }
  return [...kinds.values()].map((own, index) => {
    const nodes = [...new Set(own.flatMap(({ node }) => node ?? []))];
    const named = nodes.length > MOST_NODES ? [...nodes.slice(0, MOST_NODES), '...'] : nodes;
    return { host: named.length === 0 ? `host ${index + 1}` : named.join(', '), cells: own };
  });
}

/** Hosts that are named one by one. */
const MOST_NODES = 4;

/** Cells as a table or a chart names them: with their host, where hosts differ. */
export function namedWithHosts(cells: readonly SweepRow[]): readonly SweepRow[] {
  const kinds = hostKinds(cells);
  if (kinds.length < 2) {
    return cells;
  }
  const hosts = new Map(kinds.flatMap(({ host, cells: own }) => own.map(({ number, node }) => [number, node ?? host])));
  return cells.map((cell) => {
    const host = hosts.get(cell.number);
    return host === undefined ? cell : { ...cell, name: `${cell.name} on ${host}` };
  });
}

/** The phases of all cells, each once, in the order of the first that has them. */
export function phaseNames(cells: readonly SweepRow[]): string[] {
  return [...new Set(cells.flatMap(({ figures }) => figures?.phases.map(({ name }) => name) ?? []))];
}

/** A figure of a cell: of a phase, or of the whole boot. Nothing where there is none. */
export function reading(
  { figures }: Pick<SweepRow, 'figures'>,
  phase: string,
): { readonly median?: number; readonly interval?: { readonly low: number; readonly high: number } } {
  if (phase === WHOLE) {
    const { median, interval } = figures?.points.at(-1)?.statistics ?? {};
    return { ...(median === undefined ? {} : { median }), ...(interval === undefined ? {} : { interval }) };
  }
  const { median, interval } = figures?.phases.find(({ name }) => name === phase) ?? {};
  return { ...(median === undefined ? {} : { median }), ...(interval === undefined ? {} : { interval }) };
}

function extremeOf(phase: string, cells: readonly SweepRow[]): Extreme[] {
  const named = cells.flatMap((cell): Named[] => {
    const { median } = reading(cell, phase);
    return median === undefined || cell.sameAs !== undefined ? [] : [{ number: cell.number, name: cell.name, median }];
  });
  const sorted = named.sort((a, b) => a.median - b.median);
  const [best, worst] = [sorted[0], sorted.at(-1)];
  return best === undefined || worst === undefined || sorted.length < 2 ? [] : [{ phase, best, worst }];
}

/** How many cells are in which state; those that come to the same as another count for themselves. */
export interface CellCounts {
  readonly measured: number;
  readonly failed: number;
  readonly waiting: number;
  readonly same: number;
}

/** Counts the cells of a report. */
export function countCells({ cells }: Pick<SweepReport, 'cells'>): CellCounts {
  const counts = { measured: 0, failed: 0, waiting: 0, same: 0 };
  for (const { status, sameAs } of cells) {
    counts[sameAs === undefined ? status : 'same'] += 1;
  }
  return counts;
}

/** How many cells are in which state, in words: `11 measured, 1 failed`. */
export function countsText({ cells }: Pick<SweepReport, 'cells'>): string {
  const { same, ...own } = countCells({ cells });
  const told = Object.entries(own).flatMap(([status, count]) => (count === 0 ? [] : [`${count} ${status}`]));
  return [...told, ...(same === 0 ? [] : [`${same} the same as another`])].join(', ');
}

/** What has to be known to compare the cells with each other. */
export function cautions({ cells }: Pick<SweepReport, 'cells'>): string[] {
  const measured = cells.filter(({ status, sameAs }) => status === 'measured' && sameAs === undefined);
  const hosts = new Set(measured.map(({ host }) => host));
  const nodes = new Set(measured.map(({ node }) => node));
  const jobs = new Set(measured.map(({ job }) => job));
  const unheld = measured.filter(({ number, figures }) => number !== 1 && figures?.against === undefined);
  return [
    ...(hosts.size > 1
      ? [
          `measured on hosts of ${hosts.size} kinds: medians of different hosts cannot be compared, and each kind has its best and worst`,
        ]
      : []),
    ...(hosts.size === 1 && nodes.size > 1
      ? [`measured on ${nodes.size} hosts of one kind: a small difference between medians may be one between hosts`]
      : []),
    ...(jobs.size > 1
      ? [`booted in ${jobs.size} sessions: a shift is against the base as it was booted in the same session`]
      : []),
    ...(unheld.length === 0
      ? []
      : [`${unheld.length} of the cells could not be held against the base, which was not booted with them`]),
  ];
}

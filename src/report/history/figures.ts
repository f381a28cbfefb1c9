import { TOTAL } from '../../measure/comparison/compare.js';
import type { Interval } from '../../measure/statistics/bootstrap.js';
import type { Summary } from '../summary.js';
import { changedBetween, type Changed, type LookUp } from './changed.js';
import { totalOf, type PastRun } from './sort-out.js';

/** The whole boot, or a phase. */
export interface HistoryQuantity {
  /** Unique. */
  readonly name: string;
  readonly label?: string;
  /** Of a phase: the one that it is a part of. */
  readonly in?: string;
}

/** A run in a history. */
export interface HistoryRun {
  readonly id: string;
  /** When its last boot had ended, ISO 8601. */
  readonly at: string;
  readonly boots: number;
  readonly failed: number;
  /** Load of the host when it began, average of a minute. */
  readonly load?: number;
  /** Of each quantity, by name. */
  readonly figures: Readonly<Record<string, HistoryFigure>>;
  /** What it does not have in common with the run before it. */
  readonly changed: readonly Changed[];
}

/** A median of a run and its 95 % interval. */
export interface HistoryFigure extends Interval {
  readonly median: number;
}

/** What all runs have a figure of, as the newest one names it. */
export function quantitiesOf(past: readonly PastRun[]): HistoryQuantity[] {
  const newest = past.at(-1);
  const phases = (newest?.summary.phases ?? []).filter((phase) => past.every((run) => hasFigureOf(run, phase)));
  const last = newest?.summary.points.at(-1);
  const isTaken = phases.some(({ name }) => name === TOTAL);
  return [
    {
      name: isTaken ? (last?.name ?? TOTAL) : TOTAL,
      ...(last === undefined ? {} : { label: `to "${last.label ?? last.name}"` }),
    },
    ...phases.map(({ name, label, in: whole }) => ({
      name,
      ...(label === undefined ? {} : { label }),
      ...(whole === undefined ? {} : { in: whole }),
    })),
  ];
}

function hasFigureOf({ summary }: PastRun, { name, from, to }: Summary['phases'][number]): boolean {
  return summary.phases.some(
    (phase) => phase.name === name && phase.from === from && phase.to === to && phase.median !== undefined,
  );
}

/** What a run is shown with. */
export interface RunContext {
  readonly quantities: readonly HistoryQuantity[];
  readonly before: PastRun | undefined;
  readonly lookUp: LookUp;
}

/** A run as a history shows it. */
export function historyRun(run: PastRun, { quantities, before, lookUp }: RunContext): HistoryRun {
  const { boots, measured, host } = run.summary;
  const [load] = host.load;
  return {
    id: run.id,
    at: measured.lastBootAt,
    boots: boots.counted,
    failed: boots.failed,
    ...(load === undefined ? {} : { load }),
    figures: figuresOf(run, quantities),
    changed: before === undefined ? [] : changedBetween(before, run, lookUp),
  };
}

function figuresOf(run: PastRun, quantities: readonly HistoryQuantity[]): Record<string, HistoryFigure> {
  const figures: Record<string, HistoryFigure> = {};
  for (const { name } of quantities) {
    const figure = figureOf(run, name);
    if (figure !== undefined) {
      figures[name] = figure;
    }
  }
  return figures;
}

function figureOf(run: PastRun, name: string): HistoryFigure | undefined {
  const { median, interval } = run.summary.phases.find((phase) => phase.name === name) ?? totalOf(run) ?? {};
  return median === undefined ? undefined : { median, low: interval?.low ?? median, high: interval?.high ?? median };
}

import type { BuildJob, MeasureJob, PlannedCell, SweepJob, SweepPlan } from './document.js';
import type { BuildOutcome, CellOutcome } from './state.js';

/** What is known of a sweep's work. */
export interface Progress {
  readonly builds: ReadonlyMap<string, BuildOutcome>;
  readonly cells: ReadonlyMap<number, CellOutcome>;
}

/**
 * The jobs that are next: all builds before any boot, and what has failed once more when all the others are through.
 * The same outcomes give the same jobs, so that who comes later finds those that are under way by their names. None:
 * there is nothing left to do.
 */
export function nextWave(plan: SweepPlan, progress: Progress): SweepJob[] {
  const builds = nextBuilds(plan, progress);
  return builds.length > 0 ? builds : nextMeasurements(plan, progress);
}

/** The measurements that come after the builds that are left, if all of those go through. */
export function measurementsAfterBuilds(plan: SweepPlan, { builds, cells }: Progress): MeasureJob[] {
  const over = plan.builds.map(({ id }): [string, BuildOutcome] => {
    const known = builds.get(id);
    const isGivenUp = known?.status === 'failed' && known.attempt > plan.retries;
    return [id, { status: isGivenUp ? 'failed' : 'done', attempt: known?.attempt ?? 1 }];
  });
  return nextMeasurements(plan, { builds: new Map(over), cells });
}

function nextBuilds({ builds, retries }: SweepPlan, { builds: done }: Progress): (BuildJob & { attempt: number })[] {
  const fresh = builds.filter(({ id }) => !done.has(id));
  if (fresh.length > 0) {
    return fresh.map((job) => ({ ...job, attempt: 1 }));
  }
  const again = builds.flatMap((job) => {
    const outcome = done.get(job.id);
    return outcome?.status === 'failed' && outcome.attempt <= retries ? [{ ...job, attempt: outcome.attempt + 1 }] : [];
  });
  const least = Math.min(...again.map(({ attempt }) => attempt));
  return again.filter(({ attempt }) => attempt === least);
}

function nextMeasurements(plan: SweepPlan, progress: Progress): MeasureJob[] {
  for (let attempt = 1; attempt <= plan.retries + 1; attempt++) {
    const jobs = measurements(plan, progress, attempt);
    const open = jobs.filter(({ cells }) => cells.some((number) => isOpen(progress.cells.get(number), attempt)));
    if (open.length > 0) {
      return open;
    }
  }
  return [];
}

function isOpen(outcome: CellOutcome | undefined, attempt: number): boolean {
  return outcome === undefined || (outcome.status === 'failed' && outcome.attempt < attempt);
}

/** All of an attempt, those that are through among them: which cells are together must not depend on how far it is. */
function measurements(plan: SweepPlan, { builds, cells: outcomes }: Progress, attempt: number): MeasureJob[] {
  const isBuilt = ({ needs }: PlannedCell): boolean => needs.every((id) => builds.get(id)?.status === 'done');
  const ready = plan.cells.filter((cell) => cell.sameAs === undefined && isBuilt(cell));
  const due = ready.filter(({ number }) => attempt === 1 || wasTriedAt(outcomes.get(number), attempt));
  const base = ready.find(({ number }) => number === 1);
  return chunks(due, base, plan.together).map((cells, index): MeasureJob => {
    const isHeldAgainst = base !== undefined && !cells.includes(base);
    const needs = new Set([...cells, ...(isHeldAgainst ? [base] : [])].flatMap((cell) => cell.needs));
    return {
      kind: 'measure',
      id: `measure-${index + 1}${attempt === 1 ? '' : `-again-${attempt - 1}`}`,
      attempt,
      cells: cells.map(({ number }) => number),
      ...(isHeldAgainst ? { base: base.number } : {}),
      needs: [...needs],
    };
  });
}

/** Whether a cell is of an attempt: it failed in the one before, or was tried in this one already. */
function wasTriedAt(outcome: CellOutcome | undefined, attempt: number): boolean {
  return (
    outcome !== undefined &&
    (outcome.attempt >= attempt || (outcome.attempt === attempt - 1 && outcome.status === 'failed'))
  );
}

/** Each has room for the base, which is booted in all of them. */
function chunks(
  cells: readonly PlannedCell[],
  base: PlannedCell | undefined,
  together: number,
): (readonly PlannedCell[])[] {
  const found: PlannedCell[][] = [];
  for (const cell of cells) {
    const last = found.at(-1);
    const room = last !== undefined && base !== undefined && last.includes(base) ? together : together - 1;
    if (last === undefined || last.length >= room) {
      found.push([cell]);
    } else {
      last.push(cell);
    }
  }
  return found;
}

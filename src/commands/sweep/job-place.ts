import type { Failure } from '../../core/failure.js';
import { success, type Result } from '../../core/result.js';
import type { Step } from '../../core/step.js';
import type { Combination } from '../../recipe/sweep/combine.js';
import type { Located } from '../../recipe/located.js';
import { parsedSetting } from '../../recipe/sweep/kept-values.js';
import { CellResolver } from '../../recipe/sweep/resolve-cell.js';
import type { SweepFailure } from '../../report/sweep/report.js';
import { explainFailure } from '../../ui/failure-text/index.js';
import type { PlacedFailure } from '../ci/place.js';
import type { Stopped } from '../compare/arm.js';
import { lineUp, type CalledPipeline } from '../pipeline.js';
import type { RunManner } from '../run-shown.js';
import type { PlannedCell, SweepPlan } from './document.js';
import type { SweepFolder } from './state.js';

/** Where and how a job is carried out. */
export interface JobPlace {
  readonly folder: SweepFolder;
  readonly plan: SweepPlan;
  /** Absolute. */
  readonly workspace: string;
  readonly manner: Omit<RunManner, 'selection'>;
  /** Hears of each cell, before it is built or booted. */
  readonly onPart: (text: string) => void;
  /** The name of this host, where the sweep is another one's. */
  readonly node?: string;
  /** Changes the steps of a cell before they are run. */
  readonly adapt?: (steps: readonly Step[]) => readonly Step[];
}

/** Where outputs lie for use: by place in a job, so that there is room for those of one job alone. No recipe can be called so. */
export function outName(slot: number): string {
  return `sweep+${slot}`;
}

/** A cell of the plan by its number. */
export function cellOf(number: number, { cells }: SweepPlan): PlannedCell {
  const cell = cells[number - 1]?.number === number ? cells[number - 1] : cells.find((each) => each.number === number);
  if (cell === undefined) {
    throw new Error(`the sweep has no cell ${number}`);
  }
  return cell;
}

/** What a cell sets, as if it had just been read. */
export function combinationOf({ values }: PlannedCell, file: string): Combination {
  return new Map(Object.entries(values).map(([axis, value]): [string, Located] => [axis, parsedSetting(value, file)]));
}

/** The steps of a cell, from the values that the plan keeps. */
export async function pipelineOf(
  number: number,
  { plan, workspace, adapt }: Pick<JobPlace, 'plan' | 'workspace' | 'adapt'>,
): Promise<Result<CalledPipeline, Failure>> {
  const cell = new CellResolver().resolve(combinationOf(cellOf(number, plan), plan.file));
  if (!cell.ok) {
    return cell;
  }
  const called = await lineUp(cell.value.nameOrFile, cell.value.resolved, workspace);
  if (!called.ok) {
    return called;
  }
  // What settings lead to takes the place of nothing that the lock holds.
  const { lock: _lock, ...pipeline } = called.value;
  return success({ ...pipeline, steps: adapt?.(pipeline.steps) ?? pipeline.steps, isOneOff: true });
}

/** A failure before anything ran. */
export function stoppedBy(failure: Failure): Stopped {
  return { failures: [{ failure }], told: false };
}

/** Ended from outside, it has not failed. */
export function isInterrupted({ failures }: Stopped, { session }: JobPlace['manner']): boolean {
  return session.interruption().aborted || failures.every(({ failure }) => failure.reason === 'interrupted');
}

/** What a report says of failures: the first real one. */
export function failureWords(failures: readonly PlacedFailure[]): SweepFailure {
  const real = failures.find(({ failure }) => failure.reason !== 'interrupted') ?? failures[0];
  if (real === undefined) {
    return { text: 'it failed' };
  }
  const { step, log, failure } = real;
  const text = explainFailure(failure).headline;
  return { text, ...(step === undefined ? {} : { step }), ...(log === undefined ? {} : { log }) };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { readHost } from '../../measure/host.js';
import { parseSamples, type Sample } from '../../measure/samples.js';
import { shiftsAgainst } from '../../report/cell-summary.js';
import { summarise } from '../../report/summary.js';
import type { SweepFailure, SweepFigures } from '../../report/sweep/report.js';
import type { Combination } from '../../recipe/sweep/combine.js';
import { CellResolver } from '../../recipe/sweep/resolve-cell.js';
import type { Located } from '../../recipe/located.js';
import { parsedSetting } from '../../recipe/sweep/kept-values.js';
import { sweepStep, type SweepArm, type SweepMeasured } from '../../steps/sweep.js';
import { attempt, writeFileAtomically, type FileFailure } from '../../system/files.js';
import { explainFailure } from '../../ui/failure-text/index.js';
import type { PlacedFailure } from '../ci/place.js';
import { buildArm, runPart, type Stopped } from '../compare/arm.js';
import { lineUp, type CalledPipeline } from '../pipeline.js';
import type { RunManner } from '../run-shown.js';
import type { BuildJob, MeasureJob, PlannedCell, SweepJob, SweepPlan } from './document.js';
import type { CellOutcome, SweepFolder } from './state.js';

/** Where and how a job is carried out. */
export interface JobPlace {
  readonly folder: SweepFolder;
  readonly plan: SweepPlan;
  /** Absolute. */
  readonly workspace: string;
  readonly manner: Omit<RunManner, 'selection'>;
  /** Hears of each cell, before it is built or booted. */
  readonly onPart: (text: string) => void;
}

/**
 * Carries a job out and leaves its outcomes in the sweep's folder; one that was begun before is gone on with. What fails is
 * an outcome too, unless the job was interrupted: then there is none. Fails where an outcome cannot be written.
 */
export async function carryOutJob(job: SweepJob, place: JobPlace): Promise<Result<void, Failure>> {
  return job.kind === 'build' ? carryOutBuild(job, place) : carryOutMeasurement(job, place);
}

async function carryOutBuild(
  { id, component, cells, attempt: tried }: BuildJob & { readonly attempt: number },
  place: JobPlace,
): Promise<Result<void, FileFailure>> {
  const { folder, plan, manner, onPart } = place;
  const [first = 1] = cells;
  onPart(`${id}, for ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`);
  const pipeline = await pipelineOf(first, plan, place.workspace);
  const upTo = { only: [], from: [], until: [`make:${component}`], force: [] };
  const outcome = pipeline.ok
    ? await runPart(
        { ...manner, selection: () => upTo },
        { ...pipeline.value, recipe: { name: outName(0) }, link: 'none' },
      )
    : failed(stoppedBy(pipeline.failure));
  if (!outcome.ok && isInterrupted(outcome.failure, manner)) {
    return success(undefined);
  }
  return attempt(folder.path, () =>
    folder.keepBuild(
      id,
      outcome.ok
        ? { status: 'done', attempt: tried }
        : { status: 'failed', attempt: tried, failure: failureWords(outcome.failure.failures) },
    ),
  );
}

/** A cell that is ready to be booted. */
interface ReadyCell {
  readonly cell: PlannedCell;
  readonly arm: SweepArm;
}

async function carryOutMeasurement(job: MeasureJob, place: JobPlace): Promise<Result<void, Failure>> {
  const { folder, manner } = place;
  const begun = attempt(folder.path, () => folder.begin(job.id));
  if (!begun.ok) {
    return begun;
  }
  const ready = await readyCells(job, place);
  if (!ready.ok) {
    return ready;
  }
  if (manner.session.interruption().aborted || ready.value.every(({ cell }) => cell.number === job.base)) {
    return success(undefined);
  }
  place.onPart(`${job.id}: ${ready.value.length} cells in turn`);
  const arms = ready.value.map(({ arm }) => arm);
  const measured = await measure(arms, { place, wasBegun: begun.value });
  if (!measured.ok && isInterrupted(measured.failure, manner)) {
    return success(undefined);
  }
  return attempt(folder.path, () => {
    for (const { cell } of ready.value.filter(({ cell: { number } }) => number !== job.base)) {
      const outcome = measured.ok
        ? outcomeOf(cell, ready.value, { ...measured.value, place })
        : ({ status: 'failed', failure: failureWords(measured.failure.failures) } as const);
      folder.keepCell(cell.number, { ...outcome, ...circumstances(job) });
    }
  });
}

function circumstances({ id, attempt: tried }: MeasureJob): Pick<CellOutcome, 'attempt' | 'job' | 'host' | 'at'> {
  return { attempt: tried, job: id, host: hostText(), at: new Date().toISOString() };
}

function hostText(): string {
  const { cpu, processors, kernel } = readHost();
  return `${cpu}, ${processors} processors, Linux ${kernel}`;
}

/** Builds and probes each cell; one that does not come so far has failed, and the others go on. */
async function readyCells(job: MeasureJob, place: JobPlace): Promise<Result<ReadyCell[], Failure>> {
  const { folder, plan, manner, onPart } = place;
  const numbers = [...(job.base === undefined ? [] : [job.base]), ...job.cells];
  const ready: ReadyCell[] = [];
  const before = folder.cells();
  for (const [index, number] of numbers.entries()) {
    const cell = cellOf(number, plan);
    const known = before.get(number);
    if (manner.session.interruption().aborted) {
      break;
    }
    // Had it been with them, the boots that are there would be of another plan.
    if (number !== job.base && known?.isUnbooted === true && known.attempt === job.attempt) {
      continue;
    }
    onPart(`cell ${number} of ${plan.cells.length}: ${cell.name}`);
    const arm = await armOf(cell, index + 1, place);
    if (arm.ok) {
      ready.push({ cell, arm: arm.value });
    } else if (number !== job.base && !isInterrupted(arm.failure, manner)) {
      const failure = failureWords(arm.failure.failures);
      const kept = attempt(folder.path, () =>
        folder.keepCell(number, { status: 'failed', isUnbooted: true, failure, ...circumstances(job) }),
      );
      if (!kept.ok) {
        return kept;
      }
    }
  }
  return success(ready);
}

async function armOf(cell: PlannedCell, slot: number, place: JobPlace): Promise<Result<SweepArm, Stopped>> {
  const pipeline = await pipelineOf(cell.number, place.plan, place.workspace);
  if (!pipeline.ok) {
    return failed(stoppedBy(pipeline.failure));
  }
  const built = await buildArm({ name: cell.name, pipeline: pipeline.value, outName: outName(slot) }, place.manner);
  return built.ok ? success({ ...built.value, name: cell.name }) : built;
}

/** Where outputs lie for use: by place in a job, so that there is room for those of one job alone. No recipe can be called so. */
function outName(slot: number): string {
  return `sweep+${slot}`;
}

function cellOf(number: number, { cells }: SweepPlan): PlannedCell {
  const cell = cells[number - 1];
  if (cell === undefined) {
    throw new Error(`the sweep has no cell ${number}`);
  }
  return cell;
}

async function pipelineOf(
  number: number,
  plan: SweepPlan,
  workspace: string,
): Promise<Result<CalledPipeline, Failure>> {
  const values = Object.entries(cellOf(number, plan).values);
  const combination: Combination = new Map(
    values.map(([axis, value]): [string, Located] => [axis, parsedSetting(value, plan.file)]),
  );
  const cell = new CellResolver().resolve(combination);
  if (!cell.ok) {
    return cell;
  }
  const called = await lineUp(cell.value.nameOrFile, cell.value.resolved, workspace);
  if (!called.ok) {
    return called;
  }
  // What settings lead to takes the place of nothing that the lock holds.
  const { lock: _lock, ...pipeline } = called.value;
  return success({ ...pipeline, isOneOff: true });
}

interface BootedCells {
  readonly measured: SweepMeasured;
  readonly samples: readonly Sample[];
  readonly log: string;
}

const RESULTS = [
  { step: 'sweep', output: 'samples', as: 'samples.ndjson' },
  { step: 'sweep', output: 'measured', as: 'measured.json' },
] as const;

/** A result of an earlier sweep in which a cell failed is not taken: it may well come through now. */
async function measure(
  arms: readonly SweepArm[],
  { place, wasBegun }: { readonly place: JobPlace; readonly wasBegun: boolean },
): Promise<Result<BootedCells, Stopped>> {
  const first = await runBoots(arms, place, []);
  const isOld = first.ok && !first.value.isNew && !wasBegun;
  return isOld && first.value.measured.cells.some(({ failure }) => failure !== undefined)
    ? runBoots(arms, place, ['sweep'])
    : first;
}

async function runBoots(
  arms: readonly SweepArm[],
  { manner, workspace }: JobPlace,
  force: readonly string[],
): Promise<Result<BootedCells & { readonly isNew: boolean }, Stopped>> {
  const selection = { only: [], from: [], until: [], force };
  const pipeline = {
    recipe: { name: 'sweep' },
    steps: [sweepStep(arms)],
    workspace,
    results: RESULTS,
    link: 'none',
  } as const;
  const outcome = await runPart({ ...manner, selection: () => selection }, pipeline);
  if (!outcome.ok) {
    return outcome;
  }
  const { folder, steps } = outcome.value;
  const read = attempt(folder, () => ({
    measured: JSON.parse(readFileSync(join(folder, 'measured.json'), 'utf8')) as SweepMeasured,
    samples: parseSamples(readFileSync(join(folder, 'samples.ndjson'), 'utf8')),
    log: join(folder, 'logs', 'sweep.log'),
    isNew: steps.some(({ status }) => status === 'ran'),
  }));
  return read.ok ? read : failed(stoppedBy(read.failure));
}

/** What came of one cell that was booted; also puts its figures into a folder of its own. Throws system errors. */
function outcomeOf(
  cell: PlannedCell,
  all: readonly ReadyCell[],
  booted: BootedCells & { readonly place: JobPlace },
): Pick<CellOutcome, 'status' | 'figures' | 'failure'> {
  const { record, failure } = booted.measured.cells.find(({ name }) => name === cell.name) ?? {};
  const arm = all.find((each) => each.cell === cell)?.arm;
  if (record === undefined || arm === undefined) {
    const text = failure === undefined ? 'it was not booted' : explainFailure(failure).headline;
    return { status: 'failed', failure: { step: 'sweep', text, log: booted.log } };
  }
  const samples = booted.samples.filter((sample) => sample.cell === cell.name);
  const summary = summarise(arm.recipe, record, samples);
  const folder = booted.place.folder.cellFolder(cell.number);
  const write = (name: string, text: string): void => writeFileAtomically(join(folder, name), text);
  write('samples.ndjson', samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  write('measurement.json', `${JSON.stringify(record, undefined, 2)}\n`);
  write('summary.json', `${JSON.stringify(summary, undefined, 2)}\n`);
  const { machine, points, phases, boots, warnings } = summary;
  const against = heldAgainstBase(cell, all, booted);
  const figures: SweepFigures = {
    machine,
    method: record.method,
    points,
    phases,
    boots,
    warnings,
    ...(against === undefined ? {} : { against }),
  };
  return { status: 'measured', figures };
}

function heldAgainstBase(cell: PlannedCell, all: readonly ReadyCell[], booted: BootedCells): SweepFigures['against'] {
  const sideOf = (number: number): Parameters<typeof shiftsAgainst>[0] | undefined => {
    const ready = all.find((each) => each.cell.number === number);
    const record = booted.measured.cells.find(({ name }) => name === ready?.cell.name)?.record;
    return ready === undefined || record === undefined
      ? undefined
      : {
          recipe: ready.arm.recipe,
          method: record.method,
          samples: booted.samples.filter((sample) => sample.cell === ready.cell.name),
        };
  };
  const [base, side] = [sideOf(1), sideOf(cell.number)];
  const seed = booted.measured.cells.find(({ record }) => record !== undefined)?.record?.plan.seed ?? 1;
  return cell.number === 1 || base === undefined || side === undefined
    ? undefined
    : shiftsAgainst(base, side, { comparisons: all.length - 1, seed });
}

function stoppedBy(failure: Failure): Stopped {
  return { failures: [{ failure }], told: false };
}

/** Ended from outside, it has not failed. */
function isInterrupted({ failures }: Stopped, { session }: JobPlace['manner']): boolean {
  return session.interruption().aborted || failures.every(({ failure }) => failure.reason === 'interrupted');
}

function failureWords(failures: readonly PlacedFailure[]): SweepFailure {
  const real = failures.find(({ failure }) => failure.reason !== 'interrupted') ?? failures[0];
  if (real === undefined) {
    return { text: 'it failed' };
  }
  const { step, log, failure } = real;
  const text = explainFailure(failure).headline;
  return { text, ...(step === undefined ? {} : { step }), ...(log === undefined ? {} : { log }) };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { readHost } from '../../measure/host.js';
import { parseSamples } from '../../measure/samples.js';
import { sweepStep } from '../../steps/sweep.js';
import type { SweepArm, SweepMeasured } from '../../steps/sweep/arms.js';
import { attempt } from '../../system/files.js';
import { buildArm, runPart, type Stopped } from '../compare/arm.js';
import type { MeasureJob, PlannedCell } from './document.js';
import { outcomeOf, type BootedCells, type ReadyCell } from './figures.js';
import { cellOf, failureWords, isInterrupted, outName, pipelineOf, stoppedBy, type JobPlace } from './job-place.js';
import type { CellOutcome } from './state.js';

/** Builds and probes the cells of a job, boots them in turn, and leaves what came of each. Fails where that cannot be written. */
export async function carryOutMeasurement(job: MeasureJob, place: JobPlace): Promise<Result<void, Failure>> {
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
      folder.keepCell(cell.number, { ...outcome, ...circumstances(job, place) });
    }
  });
}

function circumstances(
  { id, attempt: tried }: MeasureJob,
  { node }: JobPlace,
): Pick<CellOutcome, 'attempt' | 'job' | 'host' | 'node' | 'at'> {
  const where = { host: hostText(), ...(node === undefined ? {} : { node }) };
  return { attempt: tried, job: id, ...where, at: new Date().toISOString() };
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
  for (const [index, number] of numbers.entries()) {
    const cell = cellOf(number, plan);
    const known = folder.cell(number);
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
        folder.keepCell(number, { status: 'failed', isUnbooted: true, failure, ...circumstances(job, place) }),
      );
      if (!kept.ok) {
        return kept;
      }
    }
  }
  return success(ready);
}

async function armOf(cell: PlannedCell, slot: number, place: JobPlace): Promise<Result<SweepArm, Stopped>> {
  const pipeline = await pipelineOf(cell.number, place);
  if (!pipeline.ok) {
    return failed(stoppedBy(pipeline.failure));
  }
  const built = await buildArm({ name: cell.name, pipeline: pipeline.value, outName: outName(slot) }, place.manner);
  return built.ok ? success({ ...built.value, name: cell.name }) : built;
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

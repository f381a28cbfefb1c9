import { join } from 'node:path';
import type { Sample } from '../../measure/samples.js';
import { shiftsAgainst } from '../../report/cell-summary.js';
import { summarise } from '../../report/summary.js';
import type { SweepFigures } from '../../report/sweep/report.js';
import type { SweepArm, SweepMeasured } from '../../steps/sweep/arms.js';
import { writeFileAtomically } from '../../system/files.js';
import { explainFailure } from '../../ui/failure-text/index.js';
import type { PlannedCell } from './document.js';
import type { JobPlace } from './job-place.js';
import type { CellOutcome } from './state.js';

/** A cell that is ready to be booted. */
export interface ReadyCell {
  readonly cell: PlannedCell;
  readonly arm: SweepArm;
}

/** What came of the boots of a job. */
export interface BootedCells {
  readonly measured: SweepMeasured;
  readonly samples: readonly Sample[];
  readonly log: string;
}

/** What came of one cell that was booted; also puts its figures into a folder of its own. Throws system errors. */
export function outcomeOf(
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

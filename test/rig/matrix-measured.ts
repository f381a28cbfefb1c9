import { shuffled, seededRandom } from '../../src/measure/random.js';
import type { CellRecord, MeasurementRecord } from '../../src/measure/measurement-record.js';
import type { Sample } from '../../src/measure/samples.js';
import { cellsOf } from '../../src/recipe/cells.js';
import type { Recipe } from '../../src/recipe/schema.js';
import { summarise, type Summary } from '../../src/report/summary.js';
import { samplesOf, type Truth } from './measured.js';
import { guestRecipe } from './vm-step.js';
import { knownRecord } from './vm-summary.js';

/** A measurement of a matrix whose truth is known. */
export interface MatrixMeasured {
  readonly record: MeasurementRecord;
  readonly samples: readonly Sample[];
  readonly summary: Summary;
  readonly recipe: Recipe;
}

/**
 * Boots of every cell of a matrix, in shuffled blocks.
 * @param truths of each cell in its order; a cell without one is like the base, with noise of its own
 */
export function measuredMatrix(
  matrix: NonNullable<Recipe['matrix']>,
  truths: readonly Truth[] = [],
  all: Truth = {},
): MatrixMeasured {
  const recipe: Recipe = { ...guestRecipe(), matrix };
  const method = all.method ?? 'trace';
  const cells = cellsOf(recipe);
  const boots = cells.flatMap(({ name }, index) =>
    samplesOf({ ...all, seed: index + 1, ...truths[index] }).map((sample) => ({ ...sample, cell: name })),
  );
  const blocks = Math.max(...boots.map(({ block }) => block)) + 1;
  const random = seededRandom(5);
  const samples = Array.from({ length: blocks }, (_, block) => block)
    .flatMap((block) =>
      shuffled(
        boots.filter((boot) => boot.block === block),
        random,
      ),
    )
    .map((sample, boot): Sample => ({ ...sample, boot }));
  const known = knownRecord(method);
  const records = cells.map(({ name, values, recipe: { machine } }): CellRecord => ({
    name,
    values,
    method,
    probe: { ...known.probe, method, machine: values.type ?? known.probe.machine },
    memoryMib: machine.memory,
    processors: machine.cpus,
    append: machine.append,
  }));
  let summary: Summary | undefined;
  const [base] = records;
  const { name: _name, values: _values, ...ofBase } = base ?? ({} as Partial<CellRecord>);
  const record = {
    ...known,
    ...ofBase,
    method,
    plan: { ...known.plan, method, boots: all.boots ?? 20 },
    cells: records,
  };
  return {
    recipe,
    record,
    samples,
    get summary() {
      return (summary ??= summarise(recipe, record, samples));
    },
  };
}

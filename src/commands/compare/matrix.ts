import type { Usage } from '../../core/failures/recipe.js';
import type { Arms } from '../../measure/interleaved-plan.js';
import { cellsOf, hasMatrix } from '../../recipe/cells.js';
import type { ArmPipeline } from './arm.js';

/** A complaint about a side that is not one machine but several: a comparison is of two. */
export function refusedMatrix({ a, b }: Arms<ArmPipeline>): Usage | undefined {
  const side = [a, b].find(({ pipeline }) => hasMatrix(pipeline.recipe));
  if (side === undefined) {
    return undefined;
  }
  const cells = cellsOf(side.pipeline.recipe).length;
  return {
    reason: 'usage',
    message: `${side.name} has a matrix (${cells} machine${cells === 1 ? '' : 's'}), and two machines alone can be compared`,
    hint: '--set matrix=null takes the machine that the recipe has without it; "bootlap run" compares the machines of a matrix with each other',
  };
}

import { readFileSync } from 'node:fs';
import type { HypervisorUnfit } from '../../core/failures/measure.js';
import { success, type Result } from '../../core/result.js';
import type { StepContext } from '../../core/step.js';
import { withCpu } from '../../measure/cpu-model.js';
import type { BootableVm } from '../../measure/measurement.js';
import type { ProbeDocument, ProbeRecord } from '../../measure/probe.js';
import { locateVm, type LocatedVm } from '../../measure/vm-files.js';
import { rigOf } from '../../measure/vm-rig.js';
import { cellsOf, type Cell } from '../../recipe/cells.js';
import type { Recipe } from '../../recipe/schema.js';

/** A VM as its probe came through with it. */
export interface ProbedVm extends BootableVm {
  readonly probe: ProbeRecord;
}

/** A machine of a recipe, ready to be booted. */
export interface ProbedCell extends Cell {
  readonly vm: ProbedVm;
}

/** The machines of a recipe, the base first. */
export type Machines = readonly [ProbedCell, ...ProbedCell[]];

/**
 * The machines of a recipe that was built and probed upstream, the base first, each with the accelerator and the CPU
 * model of its probe: after a fall-back these are not what the recipe asks for. Throws system errors.
 * @param ready the VM; without it the one that the recipe's steps made
 */
export function probedCells(
  recipe: Recipe,
  context: StepContext,
  ready?: LocatedVm,
): Result<Machines, HypervisorUnfit> {
  const located = ready === undefined ? locateVm(recipe, context) : success(ready);
  if (!located.ok) {
    return located;
  }
  const found = JSON.parse(readFileSync(context.upstream('probe', 'probe'), 'utf8')) as ProbeDocument;
  const { cells: probes = {}, ...ofBase } = found;
  const [base, ...others] = cellsOf(recipe).map((cell): ProbedCell => {
    const probe = probes[cell.name] ?? ofBase;
    const { accelerator, cpu } = probe;
    const rig = rigOf(cell.recipe, located.value, context);
    const machine = cpu === undefined ? rig.machine : withCpu(rig.machine, cpu);
    return { ...cell, vm: { rig: { ...rig, machine }, accelerator, probe } };
  });
  if (base === undefined) {
    throw new Error('a recipe has a machine');
  }
  return success([base, ...others]);
}

import type { Failure } from '../../core/failure.js';
import type { RecipeProblem } from '../../core/failures/recipe.js';
import type { Json } from '../../core/json.js';
import { failed, success, type Result } from '../../core/result.js';
import { COMPONENTS } from '../../core/step.js';
import { plain } from '../../recipe/located.js';
import type { Combination } from '../../recipe/sweep/combine.js';
import type { Sweep } from '../../recipe/sweep/load.js';
import { nameCells } from '../../recipe/sweep/name-cells.js';
import { CellResolver } from '../../recipe/sweep/resolve-cell.js';
import { KeyMaker, type CellKeys } from './cell-keys.js';
import type { BuildJob, PlannedCell, SweepPlan } from './document.js';

/** More of them say nothing new. */
const MOST_PROBLEMS = 20;

/**
 * Works out what a sweep comes to: a recipe for each cell, which of them come to the same, and which components are to be
 * built. Builds and boots nothing. Fails with `recipe-invalid` (the problems of all cells, each once), or as keys do.
 * @param workspace absolute; it is one
 */
export async function planSweep(sweep: Sweep, workspace: string): Promise<Result<SweepPlan, Failure>> {
  const whole = sweep.cells.map((cell) => new Map([...sweep.common, ...cell]));
  const keys = await keysOfAll(whole, workspace);
  if (!keys.ok) {
    return keys;
  }
  const { name, description, file, executor, hosts, slurm, ssh, retries, together } = sweep;
  const values = whole.map(valuesOf);
  const builds = buildJobs(keys.value);
  const needs = needsOf(builds);
  const names = nameCells(values);
  const seen = new Map<string, number>();
  const cells = keys.value.map(({ cell: key }, index): PlannedCell => {
    const number = index + 1;
    const sameAs = seen.get(key);
    seen.set(key, sameAs ?? number);
    return {
      number,
      name: names[index] ?? String(number),
      values: values[index] ?? {},
      key,
      ...(sameAs === undefined ? {} : { sameAs }),
      needs: needs.get(number) ?? [],
    };
  });
  const axes = [...new Set(sweep.cells.flatMap((cell) => [...cell.keys()]))];
  const ways = { executor, hosts, slurm, ...(ssh && { ssh }), retries, together };
  return success({ schemaVersion: 1, name, description, file, ...ways, axes, cells, builds });
}

async function keysOfAll(cells: readonly Combination[], workspace: string): Promise<Result<CellKeys[], Failure>> {
  const resolver = new CellResolver();
  const maker = new KeyMaker(workspace);
  const problems = new Map<string, RecipeProblem>();
  const found: CellKeys[] = [];
  for (const combination of cells) {
    const cell = resolver.resolve(combination);
    if (!cell.ok && cell.failure.reason === 'recipe-invalid') {
      cell.failure.problems.forEach((problem) => problems.set(JSON.stringify(problem), problem));
    } else if (!cell.ok) {
      return cell;
    } else if (problems.size === 0) {
      const keys = await maker.keysOf(cell.value);
      if (!keys.ok) {
        return keys;
      }
      found.push(keys.value);
    }
    if (problems.size >= MOST_PROBLEMS) {
      break;
    }
  }
  return problems.size === 0
    ? success(found)
    : failed({ reason: 'recipe-invalid', problems: [...problems.values()].slice(0, MOST_PROBLEMS) });
}

function valuesOf(combination: Combination): Record<string, Json> {
  return Object.fromEntries([...combination].map(([axis, value]) => [axis, plain(value) as Json]));
}

function buildJobs(cells: readonly CellKeys[]): BuildJob[] {
  return COMPONENTS.flatMap((component) => {
    const users = new Map<BuildJob['key'], number[]>();
    for (const [index, { components }] of cells.entries()) {
      const { key, isBuilt } = components[component];
      if (isBuilt) {
        const numbers = users.get(key) ?? [];
        users.set(key, numbers);
        numbers.push(index + 1);
      }
    }
    return [...users].map(([key, numbers], index): BuildJob => ({
      kind: 'build',
      id: `build-${component}-${index + 1}`,
      component,
      key,
      cells: numbers,
    }));
  });
}

function needsOf(builds: readonly BuildJob[]): ReadonlyMap<number, readonly string[]> {
  const needs = new Map<number, string[]>();
  for (const { id, cells } of builds) {
    for (const number of cells) {
      const own = needs.get(number) ?? [];
      needs.set(number, own);
      own.push(id);
    }
  }
  return needs;
}

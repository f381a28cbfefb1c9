import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { COMPONENTS } from '../../core/step.js';
import { isRecipePath } from '../../recipe/find.js';
import { withHome } from '../../recipe/home.js';
import { CellResolver } from '../../recipe/sweep/resolve-cell.js';
import { packageFolder } from '../../system/environment.js';
import type { PlannedCell, SweepPlan } from './document.js';
import { combinationOf } from './job-place.js';

/** A file of the front end's that jobs need: it lies at the same place below a folder of the host's. */
export interface TravellingFile {
  /** Name in the letter. */
  readonly name: string;
  /** Absolute, on the front end. */
  readonly path: string;
  readonly isProgram: boolean;
}

/**
 * The files that cells' recipes are made of, without those that come with bootlap: recipes, patches, configurations,
 * finished files, `bootlap.lock`. Fails with `usage` for a working tree, which is not a file, and as recipes do.
 */
export function travellingFiles(
  plan: SweepPlan,
  cells: readonly PlannedCell[],
  workingFolder: string,
): Result<readonly TravellingFile[], Failure> {
  const found = new Set([join(workingFolder, 'bootlap.lock')]);
  const resolver = new CellResolver();
  for (const cell of cells) {
    const resolved = resolver.resolve(combinationOf(cell, plan.file));
    if (!resolved.ok) {
      return resolved;
    }
    const { recipe, files, present } = resolved.value.resolved;
    const tree = COMPONENTS.find((component) => 'local' in recipe[component].source);
    if (tree !== undefined) {
      return failed({
        reason: 'usage',
        message: `cell ${cell.number}, "${cell.name}", builds the ${tree} from a working tree, which other hosts do not see`,
        hint: 'take the tree from git, or let results travel by a folder that all hosts see: "hosts: { results: folder }"',
      });
    }
    [...files, ...present].forEach((path) => found.add(path));
    const [own] = files;
    if (own !== undefined && isRecipePath(resolved.value.nameOrFile)) {
      found.add(join(dirname(own), 'bootlap.lock'));
    }
  }
  const own = [...found].filter((path) => !`${path}/`.startsWith(`${packageFolder}/`) && existsSync(path));
  return success(own.map((path, index) => ({ name: nameOf(index), path, isProgram: isProgram(path) })));
}

const NAME = /^file-\d+$/;

function nameOf(index: number): string {
  return `file-${index + 1}`;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where a path of the front end's lies below a folder of this host's. Fails with `usage` for one that leads out of it. */
export function placeBelow(root: string, path: string): Result<string, Failure> {
  return isAbsolute(path) && normalize(path) === path
    ? success(join(root, path))
    : failed({ reason: 'usage', message: `a file of a handover is to lie at ${path}, which is no plain path` });
}

/** Puts files of a letter where they lay on the front end, below `root`. */
export function placeFiles(
  files: readonly TravellingFile[],
  { from, root }: { readonly from: string; readonly root: string },
): Result<void, Failure> {
  for (const { name, path, isProgram: runs } of files) {
    const to = placeBelow(root, path);
    if (!to.ok || !NAME.test(name)) {
      return to.ok ? failed({ reason: 'usage', message: `"${name}" is no file of a handover` }) : to;
    }
    mkdirSync(dirname(to.value), { recursive: true });
    copyFileSync(join(from, name), to.value);
    chmodSync(to.value, runs ? 0o755 : 0o644);
  }
  return success(undefined);
}

/** A plan whose recipes are named by absolute paths: another host has another home. */
export function absoluteRecipes(plan: SweepPlan): SweepPlan {
  return withRecipes(plan, (recipe) => resolve(dirname(plan.file), withHome(recipe)));
}

/** A plan as it holds on this host: the front end's files are looked for below `root`. */
export function movedPlan(plan: SweepPlan, root: string): SweepPlan {
  return { ...withRecipes(plan, (recipe) => join(root, recipe)), file: join(root, plan.file) };
}

function withRecipes(plan: SweepPlan, change: (path: string) => string): SweepPlan {
  const cells = plan.cells.map((cell): PlannedCell => {
    const { recipe } = cell.values;
    return typeof recipe === 'string' && isRecipePath(recipe)
      ? { ...cell, values: { ...cell.values, recipe: change(recipe) } }
      : cell;
  });
  return { ...plan, cells };
}

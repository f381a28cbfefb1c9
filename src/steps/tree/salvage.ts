import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { success, type Result } from '../../core/result.js';
import { attempt, remove, type FileFailure } from '../../system/files.js';
import { endMarkedProcesses } from '../../system/processes.js';
import type { KeptTree } from './kept-tree.js';
import type { MakeUnderWay } from './state.js';

/** File times come from a clock that ticks in steps of up to 10 ms and so lags behind ours. */
export const CLOCK_STEP_MILLISECONDS = 20;

/**
 * Puts a tree right after a make that was killed, and after the clock was set back.
 * A compiler that SIGKILL stops leaves half an object file, which make would call up to date: so every product that is
 * not older than that make is removed. Products that are younger than the present would hide every later change.
 * Says `spoilt` when the tree has to be made anew: the make ran between the sources.
 */
export async function salvage(tree: KeptTree): Promise<Result<'sound' | 'spoilt', FileFailure>> {
  const { making, clock, madeInTree } = tree.state;
  if (making !== undefined) {
    const ended = await endMarkedProcesses(making.marker);
    tree.context.log.line(`an earlier make was cut off; ${ended} of its processes were still running and were ended`);
  }
  const setBack = Date.now() < clock - CLOCK_STEP_MILLISECONDS;
  if (making?.inTree === true || (setBack && madeInTree === true)) {
    return success('spoilt');
  }
  return attempt(tree.build, () => {
    if (setBack) {
      tree.context.notice('warning', `the clock was set back: ${tree.component} is built from the start`);
      removeBuild(tree);
      remove(tree.kconfig);
      tree.state = { ...tree.state, clock: 0 };
      tree.record({});
    } else if (making !== undefined) {
      removeYoungProducts(tree, making);
    }
    if (making !== undefined) {
      tree.recordEnd('making');
    }
    return 'sound' as const;
  });
}

/** Removes the build folder, with the knowledge of how it was set up. Throws system errors. */
export function removeBuild(tree: KeptTree): void {
  tree.recordEnd('setUp');
  remove(tree.build);
}

function removeYoungProducts(tree: KeptTree, making: MakeUnderWay): void {
  const young = productsSince(tree.build, making.since - CLOCK_STEP_MILLISECONDS);
  const isCornerstone = (path: string): boolean =>
    making.cornerstones.some((stone) => (stone.endsWith('/') ? path.startsWith(stone) : path === stone));
  if (young.some((path) => isCornerstone(relative(tree.build, path)))) {
    removeBuild(tree);
    return;
  }
  young.forEach((path) => unlinkSync(path));
  tree.context.log.line(`${young.length} build products of the cut-off make were removed`);
}

function productsSince(folder: string, since: number): string[] {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
    return [];
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => lstatSync(path).mtimeMs >= since);
}

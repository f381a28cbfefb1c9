import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environmentVariable, packageFolder, workingFolder } from '../system/environment.js';
import type { WorkspaceOption } from './options.js';

/**
 * The workspace that is meant, absolute: `--workspace`, else BOOTLAP_WORKSPACE, else the one of the clone of bootlap
 * that we are called in, else `workspace` in the working folder.
 */
export function workspaceFolder({ workspace }: WorkspaceOption): string {
  const wished = workspace ?? environmentVariable('BOOTLAP_WORKSPACE');
  if (wished !== undefined && wished !== '') {
    return resolve(workingFolder(), wished);
  }
  return join(isInsideClone(workingFolder()) ? packageFolder : workingFolder(), 'workspace');
}

function isInsideClone(folder: string): boolean {
  return `${folder}/`.startsWith(`${packageFolder}/`) && existsSync(join(packageFolder, '.git'));
}

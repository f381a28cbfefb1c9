import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The file that makes a folder a workspace. */
export const WORKSPACE_MARKER = 'bootlap-workspace.txt';

/** Whether a path, there or not, lies below the folder of a workspace. */
export function liesInWorkspace(path: string): boolean {
  const folder = dirname(path);
  return folder !== path && (existsSync(join(folder, WORKSPACE_MARKER)) || liesInWorkspace(folder));
}

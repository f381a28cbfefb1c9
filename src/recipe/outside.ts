import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';

/**
 * Why a path of a recipe is refused: a recipe from somewhere else must not read files from all over the machine.
 * `undefined` where it stays inside `folder`, symbolic links followed.
 */
export function whyOutside(folder: string, path: string): string | undefined {
  if (isAbsolute(path)) {
    return 'is absolute';
  }
  if (path.split('/').includes('..')) {
    return 'leads out of its folder by ".."';
  }
  const place = join(folder, path);
  if (existsSync(place) && !(realpathSync(place) + sep).startsWith(realpathSync(folder) + sep)) {
    return 'leads out of its folder through a symbolic link';
  }
  return undefined;
}

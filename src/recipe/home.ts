import { join } from 'node:path';
import { homeFolder } from '../system/environment.js';

/** A path with a leading `~/` made one below the home folder: within `--option=~/file` no shell does that by itself. */
export function withHome(path: string): string {
  return path.startsWith('~/') ? join(homeFolder(), path.slice(2)) : path;
}

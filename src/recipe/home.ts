import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path with a leading `~/` made one below the home folder: within `--option=~/file` no shell does that by itself. */
export function withHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

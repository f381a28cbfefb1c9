import { bootlap, type Called } from './cli.js';
import { makeTinyProject } from './tiny-project.js';

/** What a team's machines that only take are called with. */
export const READ = ['--trust', 'team.pub'];
/** The same for those that give, too. */
export const WRITE = ['--remote-cache-key', 'team.key'];

/** A project with a pair of keys, and a caller in it that runs up to the firmware. */
export interface Team {
  readonly base: string;
  readonly run: (
    workspace: string,
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) => Promise<Called>;
}

/** Makes such a project in an empty folder. */
export async function makeTeam(base: string): Promise<Team> {
  makeTinyProject(base);
  await bootlap(['keygen', '--out', 'team'], { folder: base });
  const fixed = ['./tiny.yaml', '--until', 'make:firmware', '--workspace'];
  return {
    base,
    run: (workspace, words, environment = {}) =>
      bootlap(['run', ...fixed, workspace, ...words], { folder: base, environment: { HOME: base, ...environment } }),
  };
}

import { join } from 'node:path';
import { runCommand } from './command.js';
import { findProgram } from './distribution.js';

/** The ccache of this machine. */
export interface FoundCcache {
  /** Absolute path. */
  readonly program: string;
  /** `ccache 4.7.5` */
  readonly version: string;
  /** True: it lacks settings that a build is tallied with. */
  readonly isOld: boolean;
  /** True: it can use an HTTP server, as its setting `remote_storage` names it. */
  readonly speaksHttp: boolean;
}

/** Looks for ccache on the PATH; `undefined` where there is none, or none that says its version. */
export async function findCcache(signal?: AbortSignal): Promise<FoundCcache | undefined> {
  const program = findProgram('ccache');
  if (program === undefined) {
    return undefined;
  }
  const said = await say(program, ['--version'], signal);
  const [, number, major, minor] = /^ccache version ((\d+)\.(\d+)\S*)/.exec(said ?? '') ?? [];
  if (number === undefined) {
    return undefined;
  }
  const atLeast = (least: number): boolean => Number(major) * 1000 + Number(minor) >= least;
  return { program, version: `ccache ${number}`, isOld: !atLeast(4004), speaksHttp: atLeast(4007) };
}

/** How many bytes ccache keeps in a workspace's folder for it; 0 where it keeps none. */
export async function ccacheBytes({ program }: FoundCcache, folder: string): Promise<number> {
  const said = await Promise.all(
    ['compilations', 'compilations-of-others'].map((store) =>
      say(program, ['--dir', join(folder, store), '--print-stats']),
    ),
  );
  const kibibytes = said.map((text) => Number(/^cache_size_kibibyte\t(\d+)$/m.exec(text ?? '')?.[1] ?? 0));
  return kibibytes.reduce((sum, each) => sum + each, 0) * 1024;
}

async function say(program: string, words: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
  const answer = await runCommand({
    program,
    arguments: words,
    folder: '/',
    // Whatever the user's own settings are.
    environment: { CCACHE_CONFIGPATH: '/dev/null' },
    ...(signal === undefined ? {} : { signal }),
  });
  return answer.ok ? answer.value.stdout : undefined;
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { takeLock } from '../../src/engine/index.js';
import { packageFolder } from '../../src/system/environment.js';

/** The built command line, `dist/bin/cli.js`; importing this file builds what is out of date. */
export const builtCli: string = join(packageFolder, 'dist', 'bin', 'cli.js');

await build();

/** Test files run side by side: one builds, the others wait and find it done. */
async function build(): Promise<void> {
  const lock = await takeLock({
    folder: join(packageFolder, 'scripts'),
    command: 'a build for tests',
    wait: true,
    signal: new AbortController().signal,
    onWait: () => undefined,
  });
  if (!lock.ok) {
    throw new Error(JSON.stringify(lock.failure));
  }
  try {
    execFileSync(process.execPath, [join(packageFolder, 'scripts', 'build.mjs')], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  } finally {
    await lock.value.release();
  }
}

/** What a call of the command line left. */
export interface Called {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a call differs from the usual one. */
export interface CallWish {
  readonly folder?: string;
  /** Replaces the whole environment but for PATH and HOME. */
  readonly environment?: Readonly<Record<string, string>>;
  /** User and group that it runs as; only root can wish for another than itself. */
  readonly user?: number;
  /** Another copy of the command line. */
  readonly cli?: string;
}

/** Calls the real command line in a process of its own and waits for its end. */
export async function bootlap(
  words: readonly string[],
  { folder = '/', environment = {}, user, cli = builtCli }: CallWish = {},
): Promise<Called> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [cli, ...words], {
    cwd: folder,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  return { status: child.exitCode, stdout, stderr };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { childEnvironment, packageFolder, programFile } from '../environment.js';
import type { Owner } from './journal.js';
import type { TuningPlaces } from './places.js';
import { PUT_BACK } from './put-back.js';

/** A process that puts values back if we cannot any more. */
export interface Guard {
  /** Lets it go: everything has been put back. */
  dismiss(): void;
}

/**
 * Waits for the end of its input. Only then is Node started: while boots are timed this is a shell that sleeps. What ends
 * a terminal's programs, or a service, does not end it before us.
 */
const SCRIPT = 'trap "" HUP INT TERM; read -r word; [ "$word" = done ] || exec "$@"';

/**
 * Starts the guard of that owner, in a session of its own so that what is sent to our process group does not come to it.
 * It lives until we end, in whatever way, or dismiss it. Fails as `spawn` does: throws system errors.
 */
export async function startGuard(places: TuningPlaces, owner: Owner): Promise<Guard> {
  const { sysfs, journals, bootId } = places;
  const command = [process.execPath, ...program(), sysfs, journals, bootId, String(owner.pid), owner.started];
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'bootlap-tuning-guard', ...command], {
    cwd: '/',
    env: childEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  await once(child, 'spawn');
  // One that was killed has closed its end: no reason for us to fail.
  child.stdin.on('error', () => undefined);
  return { dismiss: () => void child.stdin.end('done\n') };
}

/** The replay of a bundle is one file, and has nothing beside it. */
function program(): string[] {
  const own = join(packageFolder, 'dist', 'system', 'tuning', 'restore-main.js');
  return existsSync(own) ? [own] : [resolve(programFile()), PUT_BACK];
}

import { readdirSync, readFileSync } from 'node:fs';
import { isSystemError } from './files.js';

/** Variable that marks the processes of one build. They hand it on to whatever they start. */
export const BUILD_MARKER = 'BOOTLAP_BUILD';

const PAUSE_MILLISECONDS = 10;
const PATIENCE_MILLISECONDS = 10_000;

/**
 * Ends every process of this user that carries the marker in its environment: what a build left running when we were
 * killed and could not end it. Waits until they are gone, for at most ten seconds.
 * Returns how many were ended. Process ids play no part, so one that was given out anew harms nobody.
 */
export async function endMarkedProcesses(marker: string): Promise<number> {
  const ended = new Set<number>();
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  // Again and again, because one of them may have started another while we looked.
  for (
    let found = markedProcesses(marker);
    found.length > 0 && Date.now() < deadline;
    found = markedProcesses(marker)
  ) {
    for (const pid of found) {
      kill(pid);
      ended.add(pid);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  return ended.size;
}

/** Process ids of what carries the marker. A process that has ended and waits to be reaped is not among them. */
export function markedProcesses(marker: string): number[] {
  const wanted = `\0${BUILD_MARKER}=${marker}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && `\0${environmentOf(pid)}`.includes(wanted));
}

/** The environment a process was started with, `NAME=value` ended by NUL each; empty where it may not be read. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch (error) {
    if (isSystemError(error)) {
      return '';
    }
    throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it has ended by itself.
  }
}

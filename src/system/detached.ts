import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, readTextIfThere, type FileFailure } from './files.js';
import type { Result } from '../core/result.js';

/** A process that goes on without us, as it is known again later. */
export interface DetachedProcess {
  /** Also the id of its session. */
  readonly pid: number;
  /** When it began, in the kernel's ticks: tells it from a later one of that id. */
  readonly started: string;
  readonly host: string;
  /** Of the host's boot in which it was started. */
  readonly bootId: string;
}

/** What is started. */
export interface DetachedCommand {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute path of the file to which what it says is added. */
  readonly log: string;
  /** Keeps what is needed to know it again. Before this has come back, the program is not begun. Throws system errors. */
  readonly remember: (process: DetachedProcess) => void;
}

/** Begins when it is told to: whoever is killed between the start and the note of it leaves nothing behind. */
const SCRIPT = 'read -r word; [ "$word" = go ] && exec "$@" < /dev/null';

/** Starts a program in a session of its own, which our end does not end. Fails as the file system does. */
export async function startDetached(command: DetachedCommand): Promise<Result<DetachedProcess, FileFailure>> {
  const log = attempt(command.log, () => openSync(command.log, 'a'));
  if (!log.ok) {
    return log;
  }
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'bootlap-detached', command.program, ...command.arguments], {
    cwd: command.folder,
    env: { ...command.environment },
    stdio: ['pipe', log.value, log.value],
    detached: true,
  });
  child.unref();
  closeSync(log.value);
  const input = child.stdin;
  // One that was killed has closed its end: no reason for us to fail.
  input?.on('error', () => undefined);
  await once(child, 'spawn');
  const { pid = 0 } = child;
  const noted = attempt(command.log, () => {
    const found = { pid, started: statOf(pid)?.started ?? '', ...ourBoot() };
    command.remember(found);
    return found;
  });
  input?.end(noted.ok ? 'go\n' : 'no\n');
  return noted;
}

/** This host, as long as it is not booted again. Throws system errors. */
export function ourBoot(): Pick<DetachedProcess, 'host' | 'bootId'> {
  return { host: hostname(), bootId: (readTextIfThere('/proc/sys/kernel/random/boot_id') ?? '').trim() };
}

/** Whether a process, or anything that it has started, is at work. `elsewhere`: it is another host's to know. */
export function stateOf({ pid, started, host, bootId }: DetachedProcess): 'running' | 'ended' | 'elsewhere' {
  const here = ourBoot();
  if (host !== here.host) {
    return 'elsewhere';
  }
  const isAlive =
    bootId === here.bootId && (statOf(pid)?.started === started || membersOf({ pid, started }).length > 0);
  return isAlive ? 'running' : 'ended';
}

/** Time for an orderly end, then for the rest. Milliseconds. */
const GRACE = 20_000;
const LOOK = 100;

/** Ends a process of this host and all of its session: asks them to, and makes them when they take too long. */
export async function endDetached(process: DetachedProcess): Promise<void> {
  for (const [signal, patience] of [
    ['SIGTERM', GRACE],
    ['SIGKILL', LOOK * 10],
  ] as const) {
    const until = Date.now() + patience;
    membersOf(process).forEach((pid) => kill(pid, signal));
    while (stateOf(process) === 'running' && Date.now() < until) {
      await sleep(LOOK);
    }
  }
}

/** The processes of its session, itself among them. A session whose number was given out anew began with another leader. */
function membersOf({ pid, started }: Pick<DetachedProcess, 'pid' | 'started'>): number[] {
  const leader = statOf(pid);
  if (leader !== undefined && leader.started !== started) {
    return [];
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => statOf(id)?.session === pid);
}

/** What the kernel says of a process; `undefined` of one that has ended. */
function statOf(pid: number): { readonly session: number; readonly started: string } | undefined {
  const stat = attempt('/proc', () => readTextIfThere(`/proc/${pid}/stat`));
  const text = stat.ok ? stat.value : undefined;
  // A program's name, the second field, may have spaces and parentheses in it.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state = 'X', , , session = '0'] = fields;
  return 'ZX'.includes(state) ? undefined : { session: Number(session), started: fields[19] ?? '' };
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended by itself.
  }
}

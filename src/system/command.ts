import { existsSync } from 'node:fs';
import type { Subprocess } from 'execa';
import type { CommandFailed, Interrupted } from '../core/failures/build.js';
import type { FileTrouble, ToolMissing } from '../core/failures/host.js';
import { failed, success, type Result } from '../core/result.js';
import { childEnvironment } from './environment.js';

/** A program to run: an argument array, never a shell string. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Added to {@link childEnvironment}. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Written to its standard input; without it the standard input is empty. */
  readonly input?: string;
  /** Called with each line of standard output and standard error, as it comes. */
  readonly onLine?: (line: string) => void;
  /** File descriptors of ours that the child gets as 3, 4, ... */
  readonly descriptors?: readonly number[];
  readonly timeoutMilliseconds?: number;
  readonly signal?: AbortSignal;
  /** What needs it, for the message when the program is not installed. */
  readonly neededBy?: string;
  /**
   * True: it stays in our session and itself ends what it started when it is told to end. The kernel gives each new
   * session a share of the processors of its own, which on a busy machine holds up its first milliseconds.
   */
  readonly staysInSession?: true;
}

/** What a command said. Both texts hold their last 8 MiB only. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

export type CommandFailure = CommandFailed | ToolMissing | FileTrouble | Interrupted;

const KEPT_LINES = 25;
const KEPT_CHARACTERS = 8 * 1024 * 1024;
/** How long a process group has between SIGTERM and SIGKILL. */
const GRACE_MILLISECONDS = 2_000;

/**
 * Runs a program to its end. It leads a process group of its own (but see `staysInSession`), which ends as a whole when the signal aborts
 * or the time is over: a make that is stopped leaves no compiler behind.
 *
 * Fails with `command-failed` (status, signal or time-out), `tool-missing` (no such program) or `interrupted`.
 */
export async function runCommand(command: Command): Promise<Result<CommandOutput, CommandFailure>> {
  if (command.signal?.aborted) {
    return failed({ reason: 'interrupted' });
  }
  if (!existsSync(command.folder)) {
    return failed({ reason: 'file-trouble', path: command.folder, code: 'ENOENT', detail: 'no such folder' });
  }
  const { execa } = await import('execa');
  const child = execa(command.program, [...command.arguments], {
    cwd: command.folder,
    env: childEnvironment(command.environment),
    extendEnv: false,
    input: command.input ?? '',
    stdio: standardStreams(command.descriptors ?? []),
    reject: false,
    detached: command.staysInSession !== true,
    buffer: false,
  });
  const said = listen(child, command.onLine);
  const watch = watchOver(child, command);
  const end: CommandEnd = await child;
  watch.stop();
  if (command.signal?.aborted) {
    return failed({ reason: 'interrupted' });
  }
  return end.failed ? failed(failureOf(command, end, { ...said, timedOut: watch.timedOut() })) : success(said.output());
}

/** What execa says of an ended process, as far as we look at it. */
interface CommandEnd {
  readonly failed: boolean;
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly shortMessage?: string | undefined;
}

function failureOf(command: Command, end: CommandEnd, said: Said & { timedOut: boolean }): CommandFailed | ToolMissing {
  // A path that is there and cannot be executed lacks the interpreter of its first line.
  if (end.code === 'ENOENT' && !existsSync(command.program)) {
    return { reason: 'tool-missing', tool: command.program, neededBy: command.neededBy ?? command.program };
  }
  return {
    reason: 'command-failed',
    command: [command.program, ...command.arguments],
    folder: command.folder,
    ...(end.exitCode === undefined ? {} : { status: end.exitCode }),
    ...(end.signal === undefined ? {} : { signal: end.signal }),
    lastLines: said.lastLines.length > 0 ? said.lastLines : [end.shortMessage ?? ''],
    ...(said.timedOut ? { timedOut: true } : {}),
  };
}

/** What a running program has said so far. */
interface Said {
  readonly lastLines: readonly string[];
  output(): CommandOutput;
}

function listen(child: Subprocess, tell: Command['onLine']): Said {
  const lastLines: string[] = [];
  const onLine = (line: string): void => {
    lastLines.push(line);
    lastLines.splice(0, lastLines.length - KEPT_LINES);
    tell?.(line);
  };
  const stdout = follow(child.stdout, onLine);
  const stderr = follow(child.stderr, onLine);
  return { lastLines, output: () => ({ stdout: stdout(), stderr: stderr() }) };
}

/** execa runs with inherited descriptors beyond 2 and its types do not say so. */
function standardStreams(descriptors: readonly number[]): ['pipe', 'pipe', 'pipe'] {
  return ['pipe', 'pipe', 'pipe', ...descriptors] as unknown as ['pipe', 'pipe', 'pipe'];
}

type OutputStream = NodeJS.ReadableStream | null | undefined;

/** Hands on a stream's lines as they come; what it returns gives the stream's text so far. */
function follow(stream: OutputStream, onLine: (line: string) => void): () => string {
  let text = '';
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > 2 * KEPT_CHARACTERS) {
      text = text.slice(-KEPT_CHARACTERS);
    }
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    parts.forEach(onLine);
  });
  stream?.on('end', () => {
    if (rest !== '') {
      onLine(rest);
    }
  });
  return () => text.slice(-KEPT_CHARACTERS);
}

const runningGroups = new Set<number>();
// A process that ends at once (a second SIGINT, a bug) leaves nothing running behind.
process.on('exit', () => runningGroups.forEach((leader) => signalGroup(leader, 'SIGKILL')));

/** Ends the child's whole process group when the command's signal aborts or its time is over. */
function watchOver(child: Subprocess, command: Command): { stop(): void; timedOut(): boolean } {
  let timedOut = false;
  let kill: NodeJS.Timeout | undefined;
  const leads = command.staysInSession !== true;
  const tell = leads ? signalGroup : signalProcess;
  const end = (): void => {
    tell(child.pid, 'SIGTERM');
    kill ??= setTimeout(() => tell(child.pid, 'SIGKILL'), GRACE_MILLISECONDS);
  };
  const timer =
    command.timeoutMilliseconds === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end();
        }, command.timeoutMilliseconds);
  command.signal?.addEventListener('abort', end, { once: true });
  if (command.signal?.aborted) {
    // It came while execa was loaded and the process made; no event will tell of it any more.
    end();
  }
  const group = leads ? child.pid : undefined;
  if (group !== undefined) {
    runningGroups.add(group);
  }
  return {
    stop() {
      runningGroups.delete(group ?? 0);
      clearTimeout(timer);
      clearTimeout(kill);
      command.signal?.removeEventListener('abort', end);
      if (leads && (command.signal?.aborted || timedOut)) {
        signalGroup(child.pid, 'SIGKILL');
      }
    },
    timedOut: () => timedOut,
  };
}

/** Signals a process group; one that has ended is no trouble. */
export function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  signalProcess(leader === undefined ? undefined : -leader, signal);
}

function signalProcess(id: number | undefined, signal: NodeJS.Signals): void {
  if (id === undefined) {
    return;
  }
  try {
    process.kill(id, signal);
  } catch {
    // ESRCH: it has ended by itself.
  }
}

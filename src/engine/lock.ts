import { statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import type { Interrupted } from '../core/failures/build.js';
import type { WorkspaceBusy } from '../core/failures/host.js';
import { failed, success, type Result } from '../core/result.js';

/**
 * One run at a time in a workspace. The lock is an abstract Unix socket named after the folder's device and inode:
 * the kernel lets go of it at the instant the process ends, however it ends, so there is no stale lock to judge.
 */

/** A held lock. */
export interface Lock {
  release(): Promise<void>;
}

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly command: string;
}

export interface LockRequest {
  readonly folder: string;
  /** What we are, for the others: `bootlap run stock`. */
  readonly command: string;
  /** False: a held lock is a `workspace-busy` failure. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
  /** Called once for each holder that is waited for. */
  readonly onWait: (holder: Holder) => void;
}

/** Takes the workspace's lock, waiting for it if need be. Fails with `workspace-busy` or `interrupted`. */
export async function takeLock(request: LockRequest): Promise<Result<Lock, WorkspaceBusy | Interrupted>> {
  const name = socketName(request.folder);
  for (;;) {
    const server = await listen(name, { pid: process.pid, command: request.command });
    if (server !== undefined) {
      return success({ release: () => close(server) });
    }
    const ended = request.signal.aborted
      ? failed<Interrupted>({ reason: 'interrupted' })
      : await waitForHolder(name, request);
    if (!ended.ok) {
      return ended;
    }
  }
}

function socketName(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  return `\0bootlap-workspace-${dev}-${ino}`;
}

function listen(name: string, self: Holder): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.write(`${JSON.stringify(self)}\n`);
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        resolve(undefined);
      } else {
        reject(error);
      }
    });
    server.listen(name, () => {
      // A held lock alone keeps no process alive.
      server.unref();
      resolve(server);
    });
    server.on('connection', (socket) => {
      socket.unref();
      waiting(server).add(socket);
      socket.on('close', () => waiting(server).delete(socket));
    });
  });
}

type Sockets = Set<{ destroy(): void }>;
const waitingSockets = new WeakMap<Server, Sockets>();

function waiting(server: Server): Sockets {
  const sockets = waitingSockets.get(server) ?? new Set();
  waitingSockets.set(server, sockets);
  return sockets;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    for (const socket of waiting(server)) {
      socket.destroy();
    }
  });
}

/** Anybody may listen at the name and say anything. */
function holderIn(text: string): Holder {
  try {
    const { pid, command } = JSON.parse(text) as Partial<Holder>;
    return { pid: Number(pid), command: String(command) };
  } catch {
    return { pid: 0, command: 'a program that is not bootlap' };
  }
}

/** A name that can neither be taken nor connected to is tried again, not without a pause. */
const RETRY_MILLISECONDS = 50;

/** Stays connected to the holder; the connection ends when the lock is let go of. */
function waitForHolder(name: string, request: LockRequest): Promise<Result<void, WorkspaceBusy | Interrupted>> {
  return new Promise((resolve) => {
    const socket = connect(name);
    const finish = (result: Result<void, WorkspaceBusy | Interrupted>): void => {
      request.signal.removeEventListener('abort', interrupt);
      socket.destroy();
      resolve(result);
    };
    const interrupt = (): void => finish(failed({ reason: 'interrupted' }));
    request.signal.addEventListener('abort', interrupt, { once: true });
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.endsWith('\n')) {
        const holder = holderIn(text);
        if (request.wait) {
          request.onWait(holder);
        } else {
          finish(failed({ reason: 'workspace-busy', folder: request.folder, ...holder }));
        }
      }
    });
    socket.on('error', () => setTimeout(() => finish(success(undefined)), RETRY_MILLISECONDS));
    socket.on('close', () => finish(success(undefined)));
  });
}

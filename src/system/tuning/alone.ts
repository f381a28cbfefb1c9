import { statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MILLISECONDS = 10;
/** What is done alone takes milliseconds. Whoever holds the name for longer is no bootlap, and has no say. */
const PATIENCE_MILLISECONDS = 5_000;

/**
 * Does something that no other process does with that folder at the same time. The lock is an abstract Unix socket, which
 * the kernel lets go of at the instant the process ends.
 */
export async function alone<T>(folder: string, work: () => Promise<T> | T): Promise<T> {
  const { dev, ino } = statSync(folder, { bigint: true });
  const lock = await take(`\0bootlap-tuning-${dev}-${ino}`);
  try {
    return await work();
  } finally {
    lock?.close();
  }
}

async function take(name: string): Promise<Server | undefined> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const server = await listen(name);
    if (server !== undefined || Date.now() > deadline) {
      return server;
    }
    await pause(PAUSE_MILLISECONDS);
  }
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
}

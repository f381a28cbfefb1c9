import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { takeLock, type LockRequest } from '../../src/engine/index.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

function request(path: string, change: Partial<LockRequest> = {}): LockRequest {
  mkdirSync(path, { recursive: true });
  return {
    folder: path,
    command: 'bootlap run stock',
    wait: true,
    signal: new AbortController().signal,
    onWait: () => undefined,
    ...change,
  };
}

/** A machine may be busy. */
const POLLED = { timeout: 20_000, interval: 5 };

test('a second run waits, says for whom, and goes on when the first is done', async () => {
  const path = folder();
  const first = await takeLock(request(path));
  const waited: unknown[] = [];
  const second = takeLock(request(path, { onWait: (holder) => waited.push(holder) }));
  await expect.poll(() => waited, POLLED).toEqual([{ pid: process.pid, command: 'bootlap run stock' }]);
  expect(first.ok).toBe(true);
  if (first.ok) {
    await first.value.release();
  }
  const held = await second;
  expect(held.ok).toBe(true);
  if (held.ok) {
    await held.value.release();
  }
});

test('with --no-wait a second run is told who holds the workspace', async () => {
  const path = folder();
  const first = await takeLock(request(path));
  expect(await takeLock(request(path, { wait: false }))).toEqual({
    ok: false,
    failure: { reason: 'workspace-busy', folder: path, pid: process.pid, command: 'bootlap run stock' },
  });
  if (first.ok) {
    await first.value.release();
  }
});

test('a run that was killed holds nothing', async () => {
  const path = folder();
  const holder = spawnHolder(path);
  await once(holder.stdout ?? holder, 'data');
  expect((await takeLock(request(path, { wait: false }))).ok).toBe(false);
  const second = takeLock(request(path));
  holder.kill('SIGKILL');
  const lock = await second;
  expect(lock.ok).toBe(true);
  if (lock.ok) {
    await lock.value.release();
  }
});

test('waiting can be interrupted', async () => {
  const path = folder();
  const first = await takeLock(request(path));
  const interrupt = new AbortController();
  const second = takeLock(request(path, { signal: interrupt.signal }));
  setTimeout(() => interrupt.abort(), 20);
  expect(await second).toEqual({ ok: false, failure: { reason: 'interrupted' } });
  if (first.ok) {
    await first.value.release();
  }
});

test('one that was interrupted before it began to wait does not wait', async () => {
  const path = folder();
  const first = await takeLock(request(path));
  const interrupt = new AbortController();
  interrupt.abort();
  expect(await takeLock(request(path, { signal: interrupt.signal }))).toEqual({
    ok: false,
    failure: { reason: 'interrupted' },
  });
  if (first.ok) {
    await first.value.release();
  }
});

/** Another process that holds the same lock, by the same name, until it is killed. */
function spawnHolder(path: string): ChildProcess {
  const code = `
    const { dev, ino } = require('fs').statSync(process.argv[1], { bigint: true });
    require('net').createServer((socket) => socket.write('{"pid":1,"command":"x"}\\n'))
      .listen('\\0bootlap-workspace-' + dev + '-' + ino, () => console.log('held'));`;
  return spawn(process.execPath, ['-e', code, path], { stdio: ['ignore', 'pipe', 'inherit'] });
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { BUILD_MARKER, endMarkedProcesses, markedProcesses } from '../../src/system/processes.js';

const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

/** A process that starts two more, in a session of its own as builds have. */
async function startFamily(marker: string): Promise<ChildProcess> {
  const script = 'sleep 100 & (sleep 100 & echo up; wait) & wait';
  const environment = { PATH: '/usr/bin:/bin', [BUILD_MARKER]: marker };
  const child = spawn('sh', ['-c', script], { env: environment, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await once(child.stdout, 'data');
  return child;
}

test('everything that a killed build left running is ended, children of children too', async () => {
  const child = await startFamily('one');
  child.kill('SIGKILL');
  expect(markedProcesses('one').length).toBeGreaterThanOrEqual(2);
  expect(await endMarkedProcesses('one')).toBeGreaterThanOrEqual(2);
  expect(markedProcesses('one')).toEqual([]);
});

test('processes of another build are left alone', async () => {
  const child = await startFamily('one-and-more');
  expect(await endMarkedProcesses('one')).toBe(0);
  expect(markedProcesses('one-and-more').length).toBeGreaterThanOrEqual(3);
  expect(child.exitCode).toBeNull();
  await endMarkedProcesses('one-and-more');
});

test('a build that left nothing costs no wait', async () => {
  const start = Date.now();
  expect(await endMarkedProcesses('never-there')).toBe(0);
  expect(Date.now() - start).toBeLessThan(4_000);
});

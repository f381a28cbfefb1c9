import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand, type Command } from '../../src/system/command.js';
import { temporaryFolders } from '../rig/folder.js';

const folder = temporaryFolders();

function shell(script: string, change: Partial<Command> = {}): Command {
  return { program: 'sh', arguments: ['-c', script], folder: '/', ...change };
}

/** Tells whether a process is there and not a zombie. */
function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('a command that fails is shown with its status and the last lines of both its streams', async () => {
  const lines: string[] = [];
  const result = await runCommand(shell('echo one; echo two >&2; exit 3', { onLine: (line) => lines.push(line) }));
  expect(result).toEqual({
    ok: false,
    failure: {
      reason: 'command-failed',
      command: ['sh', '-c', 'echo one; echo two >&2; exit 3'],
      folder: '/',
      status: 3,
      lastLines: expect.arrayContaining(['one', 'two']) as string[],
    },
  });
  expect(lines.sort()).toEqual(['one', 'two']);
});

test('only the last lines of much output are kept for the message', async () => {
  const result = await runCommand(shell('seq 1000; exit 1'));
  expect(result.ok ? [] : 'lastLines' in result.failure && result.failure.lastLines.slice(-2)).toEqual(['999', '1000']);
});

test('a program that is not installed is named, with what needs it', async () => {
  const result = await runCommand({ program: 'no-such-program', arguments: [], folder: '/', neededBy: 'make:kernel' });
  expect(result).toEqual({
    ok: false,
    failure: { reason: 'tool-missing', tool: 'no-such-program', neededBy: 'make:kernel' },
  });
});

test('a folder that is not there is not mistaken for a missing program', async () => {
  expect(await runCommand(shell('true', { folder: '/no/such/folder' }))).toMatchObject({
    failure: { reason: 'file-trouble', path: '/no/such/folder' },
  });
});

test('when the user interrupts, what the command has started ends with it', async () => {
  const interrupt = new AbortController();
  let grandchild = '';
  const onLine = (line: string): void => {
    grandchild = line;
    interrupt.abort();
  };
  const result = await runCommand(shell('sleep 60 & echo $!; wait', { signal: interrupt.signal, onLine }));
  expect(result).toEqual({ ok: false, failure: { reason: 'interrupted' } });
  await expect.poll(() => isAlive(grandchild)).toBe(false);
});

test('a command that takes too long is ended, and that is said', async () => {
  expect(await runCommand(shell('sleep 60', { timeoutMilliseconds: 50 }))).toMatchObject({
    failure: { reason: 'command-failed', timedOut: true },
  });
});

test('one that ignores SIGTERM is killed', async () => {
  const started = performance.now();
  const result = await runCommand(shell('trap "" TERM; while :; do sleep 0.1; done', { timeoutMilliseconds: 50 }));
  expect(result).toMatchObject({ failure: { signal: 'SIGKILL' } });
  expect(performance.now() - started).toBeLessThan(20_000);
});

test("nothing of the user's environment reaches a build but what it needs", async () => {
  process.env['CFLAGS'] = '-DLEAKED';
  const result = await runCommand(shell('echo "[$CFLAGS][$LC_ALL][$TZ][$EXTRA]"', { environment: { EXTRA: 'given' } }));
  delete process.env['CFLAGS'];
  expect(result.ok && result.value.stdout).toBe('[][C.UTF-8][UTC][given]\n');
});

test('descriptors are handed on from 3: make finds its jobserver', async () => {
  const path = join(folder(), 'said');
  const descriptor = openSync(path, 'w');
  await runCommand(shell('echo three >&3; echo four >&4', { descriptors: [descriptor, descriptor] }));
  expect(readFileSync(path, 'utf8')).toBe('three\nfour\n');
});

test('input is written to the standard input, and without any it is empty', async () => {
  expect(await runCommand({ program: 'cat', arguments: [], folder: '/', input: 'a\nb' })).toMatchObject({
    value: { stdout: 'a\nb' },
  });
  expect(await runCommand({ program: 'cat', arguments: [], folder: '/' })).toMatchObject({ value: { stdout: '' } });
});

test('an interruption while the process is being made ends it like any other', async () => {
  const interrupt = new AbortController();
  const started = performance.now();
  const running = runCommand(shell('exec sleep 20', { signal: interrupt.signal }));
  interrupt.abort();
  expect(await running).toEqual({ ok: false, failure: { reason: 'interrupted' } });
  expect(performance.now() - started).toBeLessThan(10_000);
});

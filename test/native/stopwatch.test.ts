import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vmBench, type VmBench } from '../rig/vm-step.js';

let bench: VmBench;
let stopwatch: string;

beforeAll(async () => {
  bench = await vmBench();
  stopwatch = bench.path('make:stopwatch', 'stopwatch');
});

afterAll(() => bench.remove());

interface Line {
  readonly start_ns: string;
  readonly end_ns: string;
  readonly elapsed_ns: string;
  readonly status?: number;
  readonly signal?: string;
  readonly timed_out: boolean;
  readonly user_ns: string;
  readonly console: string;
  readonly console_bytes: number;
  readonly errors: string;
  readonly exec_errno?: number;
  readonly exec_error?: string;
}

/** Runs a shell script under the stopwatch. */
function time(script: string, ...options: string[]): Line {
  return start([...options, '--', '/bin/sh', '-c', script]);
}

function start(list: string[]): Line {
  // Fatal, because a lenient reader would replace broken UTF-8 itself.
  const text = new TextDecoder('utf-8', { fatal: true }).decode(execFileSync(stopwatch, list));
  expect(text.endsWith('\n')).toBe(true);
  expect(text.trimEnd()).not.toContain('\n');
  return JSON.parse(text) as Line;
}

function isAlive(pid: number): boolean {
  // A zombie that nobody reaps has ended all the same.
  return existsSync(`/proc/${pid}/stat`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
}

async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; isAlive(pid) && tries < 200; tries++) {
    await pause(10);
  }
}

async function untilThere(path: string): Promise<string> {
  for (let tries = 0; tries < 500; tries++) {
    if (existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')) {
      return readFileSync(path, 'utf8').trim();
    }
    await pause(10);
  }
  throw new Error(`${path} did not come`);
}

describe('the time', () => {
  test('is the time that the program took', () => {
    const { start_ns, end_ns, elapsed_ns } = start(['--', '/bin/sleep', '0.2']);
    expect(BigInt(elapsed_ns)).toBe(BigInt(end_ns) - BigInt(start_ns));
    expect(Number(elapsed_ns)).toBeGreaterThan(200e6);
    expect(Number(elapsed_ns)).toBeLessThan(300e6);
  });

  test('does not wait for a child that the program leaves behind with its console open', () => {
    const line = time('sleep 5 & exit 3');
    expect(line.status).toBe(3);
    expect(Number(line.elapsed_ns)).toBeLessThan(1e9);
  });

  test('stamps are of the clock that a reader can compare with', () => {
    const before = process.hrtime.bigint();
    const line = time('exit 0');
    expect(BigInt(line.start_ns)).toBeGreaterThan(before);
    expect(BigInt(line.end_ns)).toBeLessThan(process.hrtime.bigint());
  });
});

describe('the end', () => {
  test.each([0, 1, 3, 5, 7, 255])('status %i is told', (status) => {
    expect(time(`exit ${status}`)).toMatchObject({ status, timed_out: false });
  });

  test('a signal is told by name', () => {
    expect(time('kill -SEGV $$')).toMatchObject({ signal: 'SIGSEGV', timed_out: false });
  });

  test('a program that hangs is ended with everything that it started', async () => {
    const line = time('sleep 30 & echo $!; wait', '--timeout-ms', '150');
    expect(line).toMatchObject({ signal: 'SIGKILL', timed_out: true });
    expect(Number(line.elapsed_ns)).toBeLessThan(1e9);
    await untilGone(Number(line.console));
    expect(isAlive(Number(line.console))).toBe(false);
  });

  test('processor time is that of the program', () => {
    const line = time('i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done');
    expect(Number(line.user_ns)).toBeGreaterThan(5e6);
  });
});

describe('what the program says', () => {
  test('its two streams are kept apart, and its standard input is empty', () => {
    expect(time('cat; echo out; echo err >&2')).toMatchObject({ console: 'out\n', errors: 'err\n' });
  });

  test('of a long console the last whole lines are kept', () => {
    const line = time('seq 100000', '--console-bytes', '16');
    expect(line.console).toBe('99999\n100000\n');
    expect(line.console_bytes).toBe(588895);
  });

  test('a guest that never stops talking is timed out all the same', () => {
    expect(time('exec yes', '--timeout-ms', '200').timed_out).toBe(true);
  });

  test('quotes, control characters and broken UTF-8 leave the line readable as JSON', () => {
    const line = time(String.raw`printf 'a"b\\c\t\001\033[0m\377\303\n\303\244\342\202\254'`);
    expect(line.console).toBe('a"b\\c\t\u0001\u001b[0m\ufffd\ufffd\n\u00e4\u20ac');
  });
});

test('sequences that UTF-8 forbids are replaced, byte by byte, and the last and first allowed ones are kept', () => {
  const forbidden = ['340 200 200', '355 240 200', '360 200 200 200', '364 220 200 200', '300 200', '365 200 200 200'];
  for (const bytes of forbidden) {
    const octal = bytes.split(' ').map((byte) => `\\${byte}`);
    expect(time(`printf '${octal.join('')}'`).console).toBe('\ufffd'.repeat(octal.length));
  }
  const allowed = '\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}';
  expect(time(`printf '%s' '${allowed}'`).console).toBe(allowed);
});

describe('a program that cannot be started is no boot', () => {
  test('no such file', () => {
    const line = start(['--', join(bench.folder, 'nowhere')]);
    expect(line).toMatchObject({ exec_errno: 2, exec_error: 'No such file or directory' });
    expect(line).not.toHaveProperty('elapsed_ns');
  });

  test('not executable', () => {
    expect(start(['--', '/etc/passwd'])).toMatchObject({ exec_errno: 13, exec_error: 'Permission denied' });
  });

  test('not a program', () => {
    const path = join(bench.folder, 'garbage');
    writeFileSync(path, Buffer.alloc(64, 1), { mode: 0o755 });
    expect(start(['--', path])).toMatchObject({ exec_errno: 8, exec_error: 'Exec format error' });
  });
});

describe('wrong usage ends with status 2 and says what is right', () => {
  test.each([[[]], [['--']], [['--timeout-ms', 'x', '--', '/bin/true']], [['--timeout-ms']], [['--nosuch', '1']]])(
    '%j',
    (list) => {
      const run = spawnSync(stopwatch, list, { encoding: 'utf8' });
      expect(run.status).toBe(2);
      expect(run.stderr).toContain('usage: stopwatch');
    },
  );
});

describe('no VM outlives its stopwatch', () => {
  async function running(name: string): Promise<{ watch: number; vm: number; child: number; parent: number }> {
    const folder = join(bench.folder, name);
    mkdirSync(folder);
    const inner = `sleep 60 & echo $$ $! > ${folder}/pids; wait`;
    const outer = `${stopwatch} -- /bin/sh -c '${inner}' & echo $! > ${folder}/watch; wait`;
    const parent = spawn('/bin/sh', ['-c', outer], { stdio: 'ignore' });
    const [vm = 0, child = 0] = (await untilThere(join(folder, 'pids'))).split(' ').map(Number);
    return { watch: Number(await untilThere(join(folder, 'watch'))), vm, child, parent: parent.pid ?? 0 };
  }

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends the whole group', async (signal) => {
    const { watch, vm, child } = await running(signal);
    process.kill(watch, signal);
    await Promise.all([watch, vm, child].map(untilGone));
    expect([watch, vm, child].filter(isAlive)).toEqual([]);
  });

  test('the death of its parent ends the whole group', async () => {
    const { watch, vm, child, parent } = await running('orphan');
    process.kill(parent, 'SIGKILL');
    await Promise.all([watch, vm, child].map(untilGone));
    expect([watch, vm, child].filter(isAlive)).toEqual([]);
  });

  test('SIGKILL of the stopwatch ends the VM', async () => {
    const { watch, vm, child } = await running('killed');
    process.kill(watch, 'SIGKILL');
    await untilGone(vm);
    expect(isAlive(vm)).toBe(false);
    process.kill(child, 'SIGKILL');
  });
});

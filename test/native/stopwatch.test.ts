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
  readonly markers: readonly { readonly marker: number; readonly byte: number; readonly ns: string }[];
  readonly ended_at_marker: boolean;
  readonly realtime?: boolean;
  readonly aslr?: boolean;
  readonly memory_locked: boolean;
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
  // A zombie that nobody reaps has ended all the same; one that is reaped may go between a look and a read.
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; isAlive(pid) && tries < 2000; tries++) {
    await pause(10);
  }
}

async function untilThere(path: string): Promise<string> {
  for (let tries = 0; tries < 2000; tries++) {
    if (existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')) {
      return readFileSync(path, 'utf8').trim();
    }
    await pause(10);
  }
  throw new Error(`${path} did not come`);
}

/** Does it until it comes out as it does where nothing else runs, and gives the last: others have the processors, too. */
function undisturbed<T>(attempt: () => T, isQuiet: (found: T) => boolean): T {
  let found = attempt();
  for (let tries = 1; !isQuiet(found) && tries < 20; tries++) {
    found = attempt();
  }
  return found;
}

/** Far less than what the scripts below would sleep, and more than a busy machine is late by. */
const SOON_NS = 20e9;

describe('the time', () => {
  test('is the time that the program took', () => {
    const took = (): Line => {
      const line = start(['--', '/bin/sleep', '0.2']);
      expect(BigInt(line.elapsed_ns)).toBe(BigInt(line.end_ns) - BigInt(line.start_ns));
      expect(Number(line.elapsed_ns)).toBeGreaterThan(200e6);
      return line;
    };
    expect(Number(undisturbed(took, ({ elapsed_ns }) => Number(elapsed_ns) < 300e6).elapsed_ns)).toBeLessThan(300e6);
  });

  test('does not wait for a child that the program leaves behind with its console open', () => {
    const line = time('sleep 60 & exit 3');
    expect(line.status).toBe(3);
    expect(Number(line.elapsed_ns)).toBeLessThan(SOON_NS);
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
    const line = time('sleep 60 & echo $!; wait', '--timeout-ms', '1500');
    expect(line).toMatchObject({ signal: 'SIGKILL', timed_out: true });
    expect(line.console).toMatch(/^\d+\n$/);
    expect(Number(line.elapsed_ns)).toBeLessThan(SOON_NS);
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

/** A shell's line that writes a byte to a marker, as a guest's write comes out of the hypervisor. */
function mark(marker: number, ...bytes: number[]): string {
  const octal = bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  return `printf '${octal}' > /proc/self/fd/${10 + marker}`;
}

describe('markers', () => {
  const came = ({ markers }: Line): string => markers.map(({ marker, byte }) => `${marker}:${byte}`).join(' ');

  test('are stamped when they come, while the program runs on', () => {
    const script = `sleep 0.1; ${mark(0, 1)}; sleep 0.2; ${mark(1, 3)}; sleep 0.1; exit 7`;
    const marked = (): { first: number; second: number; elapsed: number } => {
      const line = time(script, '--markers', '2');
      expect(line).toMatchObject({ status: 7, ended_at_marker: false });
      expect(came(line)).toBe('0:1 1:3');
      const [first = 0, second = 0] = line.markers.map(({ ns }) => Number(ns) / 1e6);
      return { first, second, elapsed: Number(line.elapsed_ns) / 1e6 };
    };
    const { first, second, elapsed } = undisturbed(marked, (found) => found.first < 300);
    expect(first).toBeGreaterThan(100);
    // What comes is stamped before what comes 200 ms later is written.
    expect(first).toBeLessThan(300);
    expect(second).toBeGreaterThan(300);
    expect(elapsed).toBeGreaterThan(400);
    expect(second).toBeLessThan(elapsed);
  });

  test('come at the times at which a program in C writes them', () => {
    const writer = compileWriter();
    const latest = (): number => {
      const line = start(['--markers', '3', '--end-at', '2:3', '--', writer]);
      const wrote = line.errors.trim().split('\n').map(Number);
      const late = line.markers.map(({ ns }, index) => Number(line.start_ns) + Number(ns) - (wrote[index] ?? 0));
      expect(late).toHaveLength(3);
      expect(Math.min(...late)).toBeGreaterThan(0);
      return Math.max(...late);
    };
    // On an idle machine it is some 20 us.
    expect(undisturbed(latest, (nanoseconds) => nanoseconds < 20e6)).toBeLessThan(20e6);
  });

  test('end the program with everything that it started, when the last one has come', async () => {
    const line = time(`sleep 60 & echo $!; ${mark(0, 1)}; sleep 0.1; ${mark(1, 9, 2)}; sleep 60`, ...END_AT_2);
    expect(line).toMatchObject({ ended_at_marker: true, signal: 'SIGKILL', timed_out: false });
    expect(came(line)).toBe('0:1 1:9 1:2');
    expect(line.elapsed_ns).toBe(line.markers[2]?.ns);
    expect(Number(line.elapsed_ns)).toBeLessThan(SOON_NS);
    await untilGone(Number(line.console));
    expect(isAlive(Number(line.console))).toBe(false);
  });

  const END_AT_2 = ['--markers', '2', '--end-at', '1:2'];

  test('that come together are in the order of the markers and share a stamp', () => {
    // Two writes of a process that is not interrupted in between; on a busy machine that may take some attempts.
    const writer = compileWriter('at-once');
    const lines = Array.from({ length: 40 }, () => start(['--markers', '3', '--', writer]));
    expect(new Set(lines.map(came))).toEqual(new Set(['0:1 1:2 2:3']));
    expect(lines.some(({ markers }) => markers[0]?.ns === markers[1]?.ns)).toBe(true);
  });

  test('that came before a program hangs, crashes or ends are told', () => {
    const hung = time(`${mark(0, 1)}; exec sleep 30`, ...END_AT_2, '--timeout-ms', '2000');
    expect(hung).toMatchObject({ timed_out: true, ended_at_marker: false, signal: 'SIGKILL' });
    expect(came(hung)).toBe('0:1');
    const crashed = time(`${mark(0, 1)}; kill -SEGV $$`, ...END_AT_2);
    expect(crashed).toMatchObject({ timed_out: false, signal: 'SIGSEGV' });
    expect(came(crashed)).toBe('0:1');
    expect(came(time(`${mark(1, 2)}; exit 0`, '--markers', '2'))).toBe('1:2');
  });

  test('of a guest that never stops writing do not hold it up, and what is too much is left out', () => {
    const flood = time('head -c 1000000 /dev/zero > /proc/self/fd/10', '--markers', '1', '--timeout-ms', '20000');
    expect(flood.timed_out).toBe(false);
    expect(flood.markers).toHaveLength(4096);
  });

  test('have their places, and nothing else of ours is open in the program', () => {
    const opened = (...options: string[]): string[] =>
      time('ls /proc/self/fd', ...options)
        .console.trim()
        .split('\n');
    expect(opened('--markers', '3').sort()).toEqual([...opened(), '10', '11', '12'].sort());
  });
});

let writers = 0;

/** A program that writes three markers, 20 ms apart or at once, and tells on standard error when it did. */
function compileWriter(pace: 'apart' | 'at-once' = 'apart'): string {
  const path = join(bench.folder, `writer-${writers++}`);
  const code = `#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    long long stamps[3];
    for (int i = 0; i < 3; i++) {
        struct timespec now;
        unsigned char byte = (unsigned char)(i + 1);
        ${pace === 'apart' ? 'usleep(20000);' : ''}
        clock_gettime(CLOCK_MONOTONIC, &now);
        stamps[i] = now.tv_sec * 1000000000LL + now.tv_nsec;
        if (i == 2) for (int j = 0; j < 3; j++) dprintf(2, "%lld\\n", stamps[j]);
        if (write(10 + i, &byte, 1) != 1) return 1;
    }
    return 0;
}
`;
  execFileSync('cc', ['-O2', '-x', 'c', '-o', path, '-'], { input: code });
  return path;
}

describe('the processors', () => {
  const allowed = '/bin/grep Cpus_allowed_list /proc/self/status | /usr/bin/cut -f 2';

  test('the program is bound to the one that is asked for, and the stopwatch goes back to where it was', () => {
    expect(time(allowed, '--pin', '0').console).toBe('0\n');
    const whole = time(allowed).console;
    expect(time(allowed, '--pin-self', '0').console).toBe(whole);
    // It goes there right after the start, when it gets the processor.
    const untilAt = (where: string): string => `seen=
      for try in $(seq 200); do
        seen=$(grep Cpus_allowed_list /proc/$PPID/status | cut -f 2)
        [ "$seen" != "${where.trim()}" ] || break
        sleep 0.05
      done
      echo $seen; ${allowed}`;
    expect(time(untilAt(whole), '--pin', '0').console).toBe(`${whole}0\n`);
    expect(time(untilAt('0'), '--pin-self', '0').console).toBe(`0\n${whole}`);
  });

  test('one that is not there is said', () => {
    const run = spawnSync(stopwatch, ['--pin', '4095', '--', '/bin/true'], { encoding: 'utf8' });
    expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining('processor 4095') as string });
  });

  test("a real-time priority is the stopwatch's alone, and one that is not permitted is told", () => {
    const line = time('cut -d " " -f 41 /proc/self/stat', '--realtime', '10');
    expect(line.console).toBe('0\n');
    expect(line.realtime).toBeTypeOf('boolean');
    expect(time('true')).not.toHaveProperty('realtime');
    const words = ['--realtime', '10', '--', '/bin/true'];
    const bare = spawnSync(
      'prlimit',
      ['--rtprio=0', 'setpriv', '--bounding-set=-all', '--inh-caps=-all', stopwatch, ...words],
      { encoding: 'utf8' },
    );
    if (bare.status === 0) {
      expect(JSON.parse(bare.stdout)).toMatchObject({ realtime: false });
    }
  });
});

test('without ASLR the program gets the same addresses each time, and the line says so', () => {
  const stacks = (...options: string[]): Set<string> =>
    new Set([1, 2, 3].map(() => time('grep stack /proc/self/maps', ...options).console));
  expect(stacks('--aslr', '0').size).toBe(1);
  expect(stacks().size).toBe(3);
  expect(time('true', '--aslr', '0')).toMatchObject({ aslr: false });
  expect(time('true')).not.toHaveProperty('aslr');
});

describe('wrong usage ends with status 2 and says what is right', () => {
  test.each([
    [[]],
    [['--']],
    [['--timeout-ms', 'x', '--', '/bin/true']],
    [['--timeout-ms']],
    [['--nosuch', '1']],
    [['--markers', '65', '--', 'x']],
    [['--end-at', '0:1', '--', 'x']],
    [['--markers', '1', '--end-at', '0', '--', 'x']],
  ])('%j', (list) => {
    const run = spawnSync(stopwatch, list, { encoding: 'utf8' });
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('usage: stopwatch');
  });
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

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { failed, success, type Result } from '../../core/result.js';
import { boot, REST_MILLISECONDS } from '../../measure/boot.js';
import { median, quantile } from '../../measure/statistics/describe.js';
import { STOPWATCH_SOURCES } from '../../steps/stopwatch.js';
import { runCommand } from '../../system/command.js';
import { findProgram } from '../../system/distribution.js';
import { packageFolder } from '../../system/environment.js';
import { compileProgram } from '../../system/native-program.js';

/**
 * A way to time a start. `stopwatch` and `limit` are started anew for each start by us, as in a measurement; the others
 * go on one after the other while we wait, `limit-loop` and `hyperfine` in one process.
 */
export type TimerName = 'stopwatch' | 'limit' | 'stopwatch-loop' | 'limit-loop' | 'hyperfine';

/** How long starting and ending a program that does nothing takes when it is timed in one way. */
export interface TimerFigures {
  readonly timer: TimerName;
  readonly starts: number;
  readonly medianNs: number;
  /** Of a hundred starts, one takes longer. */
  readonly p99Ns: number;
  /** Median by that of the bare system calls, done in a new process or in a loop as the timer does it. */
  readonly ratio: number;
}

const LIMITS: Readonly<Record<TimerName, TimerName>> = {
  stopwatch: 'limit',
  limit: 'limit',
  'stopwatch-loop': 'limit-loop',
  'limit-loop': 'limit-loop',
  hyperfine: 'limit-loop',
};

/** Starts by each timer, in rounds, so that what else the machine does meets all of them alike. */
const ROUNDS = 10;
const STARTS_A_ROUND = 30;

type Timer = (starts: number) => Promise<Result<number[], Failure>>;

/**
 * Times an empty program by the stopwatch, by `vfork`, `execv` and `wait4` alone (the limit; both ways), and by `hyperfine -N`
 * where it is installed. Compiles what it needs into a temporary folder. Fails as the compiler or a timer does.
 */
export async function timeTimers(signal: AbortSignal): Promise<Result<TimerFigures[], Failure>> {
  const folder = mkdtempSync(join(tmpdir(), 'bootlap-timer-'));
  try {
    const timers = await prepareTimers(folder, signal);
    return timers.ok ? await inTurns(timers.value) : timers;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Timers = Partial<Record<TimerName, Timer>>;

async function prepareTimers(folder: string, signal: AbortSignal): Promise<Result<Timers, Failure>> {
  const programs = { stopwatch: STOPWATCH_SOURCES, limit: ['limit.c'], empty: ['empty.c'] };
  for (const [name, sources] of Object.entries(programs)) {
    const compiled = await compileProgram({
      folder: join(packageFolder, 'src', 'native'),
      sources,
      output: join(folder, name),
      signal,
      neededBy: 'doctor --timer',
    });
    if (!compiled.ok) {
      return compiled;
    }
  }
  const hyperfine = findProgram('hyperfine');
  return success({
    stopwatch: (starts) => oneByOne(starts, () => byStopwatch(folder, signal)),
    limit: (starts) => oneByOne(starts, () => byLimit({ starts: 1, wait: REST_MILLISECONDS }, folder, signal)),
    'stopwatch-loop': (starts) => byStopwatchLoop(starts, folder, signal),
    'limit-loop': (starts) => byLimit({ starts, wait: 0 }, folder, signal),
    ...(hyperfine === undefined ? {} : { hyperfine: (starts) => byHyperfine(starts, folder, signal) }),
  });
}

async function inTurns(timers: Timers): Promise<Result<TimerFigures[], Failure>> {
  const taken = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, timer] of Object.entries(timers)) {
      const starts = await timer(STARTS_A_ROUND);
      if (!starts.ok) {
        return starts;
      }
      taken.set(name, [...(taken.get(name) ?? []), ...starts.value]);
    }
  }
  return success(Object.keys(timers).map((name) => figures(name as TimerName, taken)));
}

function figures(timer: TimerName, taken: ReadonlyMap<string, readonly number[]>): TimerFigures {
  const times = taken.get(timer) ?? [];
  const medianNs = median(times);
  const sorted = [...times].sort((a, b) => a - b);
  const ratio = medianNs / median(taken.get(LIMITS[timer]) ?? []);
  return { timer, starts: times.length, medianNs, p99Ns: quantile(sorted, 0.99), ratio };
}

async function oneByOne(
  starts: number,
  once: () => Promise<Result<number[], Failure>>,
): Promise<Result<number[], Failure>> {
  const times: number[] = [];
  for (let start = 0; start < starts; start++) {
    const took = await once();
    if (!took.ok) {
      return took;
    }
    times.push(...took.value);
  }
  return success(times);
}

/** As in a measurement. */
async function byStopwatch(folder: string, signal: AbortSignal): Promise<Result<number[], Failure>> {
  const end = await boot({
    stopwatch: join(folder, 'stopwatch'),
    hypervisor: join(folder, 'empty'),
    arguments: [],
    timeoutMilliseconds: 10_000,
    folder,
    signal,
  });
  return end.ok ? success([Number(end.value.elapsedNs)]) : failed(end.failure);
}

/** The same program, started by one that has nothing else to do, and without a rest before. */
async function byStopwatchLoop(
  starts: number,
  folder: string,
  signal: AbortSignal,
): Promise<Result<number[], Failure>> {
  const output = await runCommand({
    program: 'xargs',
    arguments: ['-n', '1', join(folder, 'stopwatch'), '--', join(folder, 'empty')],
    input: Array.from({ length: starts }, (_, start) => `${start}\n`).join(''),
    folder,
    signal,
    staysInSession: true,
  });
  return output.ok ? success(output.value.stdout.trim().split('\n').map(elapsedOf)) : output;
}

function elapsedOf(line: string): number {
  return Number((JSON.parse(line) as { elapsed_ns: string }).elapsed_ns);
}

async function byLimit(
  { starts, wait }: { readonly starts: number; readonly wait: number },
  folder: string,
  signal: AbortSignal,
): Promise<Result<number[], Failure>> {
  const words = [String(starts), String(wait), join(folder, 'empty')];
  const output = await runCommand({
    program: join(folder, 'limit'),
    arguments: words,
    folder,
    signal,
    staysInSession: true,
  });
  return output.ok ? success(output.value.stdout.trim().split('\n').map(Number)) : output;
}

/** What hyperfine writes down, in seconds. */
interface HyperfineExport {
  readonly results: readonly { readonly times: readonly number[] }[];
}

async function byHyperfine(starts: number, folder: string, signal: AbortSignal): Promise<Result<number[], Failure>> {
  const path = join(folder, 'hyperfine.json');
  const words = ['-N', '--style', 'none', '--runs', String(starts), '--export-json', path, join(folder, 'empty')];
  const output = await runCommand({
    program: 'hyperfine',
    arguments: words,
    folder,
    signal,
    staysInSession: true,
  });
  if (!output.ok) {
    return output;
  }
  const { results } = JSON.parse(readFileSync(path, 'utf8')) as HyperfineExport;
  return success(results.flatMap(({ times }) => times.map((seconds) => seconds * 1e9)));
}

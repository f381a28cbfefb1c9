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

/** What times a start: `limit` is `vfork`, `execv` and `wait4` alone. */
export type TimerName = 'stopwatch' | 'limit' | 'hyperfine';

/**
 * How starts follow each other. `measured`: as in a measurement, each by a process of its own, which we start and which
 * rests before it. `anew`: each by a process of its own, one right after the other. `loop`: all by one process, as
 * hyperfine goes about it and the stopwatch never does.
 */
export type TimerManner = 'measured' | 'anew' | 'loop';

/** How long starting and ending a program that does nothing takes when it is timed in one way. */
export interface TimerFigures {
  readonly timer: TimerName;
  readonly manner: TimerManner;
  readonly starts: number;
  readonly medianNs: number;
  /** Of a hundred starts, one takes longer. */
  readonly p99Ns: number;
  /** Median by that of the limit in the same manner. */
  readonly ratio: number;
}

/** Starts by each timer, in rounds, so that what else the machine does meets all of them alike. */
const ROUNDS = 10;
const STARTS_A_ROUND = 30;

type Timer = (starts: number) => Promise<Result<number[], Failure>>;

/**
 * Times an empty program by the stopwatch, by the bare system calls, and by `hyperfine -N` where it is installed.
 * Compiles what it needs into a temporary folder. Fails as the compiler or a timer does.
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

interface Way {
  readonly timer: TimerName;
  readonly manner: TimerManner;
  readonly time: Timer;
}

async function prepareTimers(folder: string, signal: AbortSignal): Promise<Result<Way[], Failure>> {
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
  const ways = waysIn({ folder, signal });
  return success(findProgram('hyperfine') === undefined ? ways.filter(({ timer }) => timer !== 'hyperfine') : ways);
}

/** Where a timer works, and what ends it. */
interface Place {
  readonly folder: string;
  readonly signal: AbortSignal;
}

function waysIn(place: Place): Way[] {
  const rest = REST_MILLISECONDS;
  const each = (once: () => Promise<Result<number[], Failure>>): Timer => {
    return (starts) => oneByOne(starts, once);
  };
  return [
    { timer: 'stopwatch', manner: 'measured', time: each(() => byStopwatch(place)) },
    { timer: 'limit', manner: 'measured', time: each(() => byLimit({ starts: 1, rest }, place)) },
    { timer: 'hyperfine', manner: 'measured', time: each(() => byHyperfine({ starts: 1, rest }, place)) },
    { timer: 'stopwatch', manner: 'anew', time: (starts) => byStopwatchAnew(starts, place) },
    { timer: 'limit', manner: 'anew', time: (starts) => byLimitAnew(starts, place) },
    { timer: 'hyperfine', manner: 'anew', time: each(() => byHyperfine({ starts: 1, rest: 0 }, place)) },
    { timer: 'limit', manner: 'loop', time: (starts) => byLimit({ starts, rest: 0 }, place) },
    { timer: 'hyperfine', manner: 'loop', time: (starts) => byHyperfine({ starts, rest: 0 }, place) },
  ];
}

async function inTurns(ways: readonly Way[]): Promise<Result<TimerFigures[], Failure>> {
  const taken = new Map<Way, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of ways) {
      const starts = await way.time(STARTS_A_ROUND);
      if (!starts.ok) {
        return starts;
      }
      taken.set(way, [...(taken.get(way) ?? []), ...starts.value]);
    }
  }
  return success(ways.map((way) => figures(way, taken)));
}

function figures({ timer, manner }: Way, taken: ReadonlyMap<Way, readonly number[]>): TimerFigures {
  const timesOf = (wanted: TimerName): readonly number[] =>
    [...taken].find(([way]) => way.timer === wanted && way.manner === manner)?.[1] ?? [];
  const times = timesOf(timer);
  const medianNs = median(times);
  const sorted = [...times].sort((a, b) => a - b);
  const ratio = medianNs / median(timesOf('limit'));
  return { timer, manner, starts: times.length, medianNs, p99Ns: quantile(sorted, 0.99), ratio };
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
async function byStopwatch({ folder, signal }: Place): Promise<Result<number[], Failure>> {
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

/** Started by one that has nothing else to do. */
async function byStopwatchAnew(starts: number, place: Place): Promise<Result<number[], Failure>> {
  const { folder } = place;
  const lines = await printed(anew(starts, join(folder, 'stopwatch'), ['--', join(folder, 'empty')]), place);
  return lines.ok ? success(lines.value.map(elapsedOf)) : lines;
}

function elapsedOf(line: string): number {
  return Number((JSON.parse(line) as { elapsed_ns: string }).elapsed_ns);
}

interface Starts {
  readonly starts: number;
  /** Milliseconds before each of them. */
  readonly rest: number;
}

async function byLimit({ starts, rest }: Starts, place: Place): Promise<Result<number[], Failure>> {
  const { folder } = place;
  const words = [String(starts), String(rest), join(folder, 'empty')];
  const lines = await printed({ program: join(folder, 'limit'), arguments: words }, place);
  return lines.ok ? success(lines.value.map(Number)) : lines;
}

async function byLimitAnew(starts: number, place: Place): Promise<Result<number[], Failure>> {
  const { folder } = place;
  const lines = await printed(anew(starts, join(folder, 'limit'), ['1', '0', join(folder, 'empty')]), place);
  return lines.ok ? success(lines.value.map(Number)) : lines;
}

type Wish = Pick<Parameters<typeof runCommand>[0], 'program' | 'arguments' | 'input'>;

/** A program that is started so many times, one after the other. */
function anew(starts: number, program: string, words: readonly string[]): Wish {
  const input = '\n'.repeat(starts);
  return { program: 'xargs', arguments: ['-d', '\\n', '-I', NOTHING, program, ...words], input };
}

/** What xargs would put a line of its input in place of. */
const NOTHING = '{no such word}';

async function printed(wish: Wish, { folder, signal }: Place): Promise<Result<string[], Failure>> {
  const output = await runCommand({ ...wish, folder, signal, staysInSession: true });
  return output.ok ? success(output.value.stdout.trim().split('\n')) : output;
}

/** What hyperfine writes down, in seconds. */
interface HyperfineExport {
  readonly results: readonly { readonly times: readonly number[] }[];
}

async function byHyperfine({ starts, rest }: Starts, place: Place): Promise<Result<number[], Failure>> {
  const path = join(place.folder, 'hyperfine.json');
  const before = rest === 0 ? [] : ['--prepare', `sleep ${rest / 1000}`];
  const how = ['-N', '--style', 'none', '--runs', String(starts), ...before, '--export-json', path];
  const output = await printed({ program: 'hyperfine', arguments: [...how, join(place.folder, 'empty')] }, place);
  if (!output.ok) {
    return output;
  }
  const { results } = JSON.parse(readFileSync(path, 'utf8')) as HyperfineExport;
  return success(results.flatMap(({ times }) => times.map((seconds) => seconds * 1e9)));
}

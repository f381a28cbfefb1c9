import { join, resolve } from 'node:path';
import type { Usage } from '../../core/failures/recipe.js';
import { failed, success, type Result } from '../../core/result.js';
import type { MeasuringMethod } from '../../measure/boot-plan.js';
import { withHome } from '../../recipe/home.js';
import type { Measure } from '../../recipe/schema.js';
import { findProgram } from '../../system/distribution.js';
import { workingFolder } from '../../system/environment.js';
import { parseExits, type Exit } from './exits.js';
import { readStop, type StopOptions } from './stop.js';

/** What commander makes of the options, before anything of it is checked. */
export interface MeasureOptions extends StopOptions {
  readonly binary: string;
  readonly firmware: string;
  readonly kernel: string;
  readonly exit: readonly string[];
  readonly iterations: string;
  readonly machine?: string;
  readonly accel: 'auto' | 'kvm' | 'tcg';
  readonly memory: string;
  readonly cpus: string;
  readonly cpu?: string;
  readonly append: string;
  readonly method: MeasuringMethod;
  readonly pin?: string;
  readonly realtime?: string;
  readonly tune?: true;
  readonly timeout: string;
  readonly warmup: string;
  readonly seed: string;
}

/** What is to be booted and how often, as the command line says it. */
export interface Wish {
  /** Absolute. Whether they are there is not known yet. */
  readonly files: { readonly hypervisor: string; readonly firmware: string; readonly kernel: string };
  /** As given; empty where it is left to us. */
  readonly exits: readonly Exit[];
  /** Machine type; `undefined` where it is left to us. */
  readonly machine: string | undefined;
  readonly accel: 'auto' | 'kvm' | 'tcg';
  readonly cpu: string | undefined;
  /** MiB. */
  readonly memory: number;
  readonly cpus: number;
  readonly append: string;
  /** Further arguments of the hypervisor. */
  readonly further: readonly string[];
  readonly boots: number;
  /** What ends it instead, and the most boots that it makes then. */
  readonly stop: Pick<Measure, 'for' | 'until' | 'max-boots'>;
  readonly warmup: number;
  readonly seed: number;
  readonly method: MeasuringMethod;
  readonly scheduling: Pick<Measure, 'pin' | 'realtime'> & Partial<Pick<Measure, 'tune'>>;
  /** `30s`. */
  readonly timeout: string;
}

/** Reads the command line. Fails with `usage` at the first thing that cannot be. */
export function readWish(options: MeasureOptions, further: readonly string[]): Result<Wish, Usage> {
  const exits = parseExits(options.exit);
  if (!exits.ok) {
    return exits;
  }
  const numbers = readNumbers(options);
  if (!numbers.ok) {
    return numbers;
  }
  const scheduling = readScheduling(options);
  if (!scheduling.ok) {
    return scheduling;
  }
  const complaint = strayWord(further) ?? badTimeout(options.timeout);
  if (complaint !== undefined) {
    return failed(complaint);
  }
  const stop = readStop(options);
  if (!stop.ok) {
    return stop;
  }
  const { machine, accel, cpu, append, timeout, method } = options;
  const told = { machine, accel, cpu, append, timeout, method, scheduling: scheduling.value };
  const files = {
    hypervisor: programPath(options.binary),
    firmware: absolute(options.firmware),
    kernel: absolute(options.kernel),
  };
  return success({ files, exits: exits.value, further, ...told, stop: stop.value, ...numbers.value });
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly example: number;
}

/** As the recipe's schema has them. */
const BOUNDS = {
  iterations: { least: 1, most: 1_000_000, example: 1000 },
  memory: { least: 16, most: 1_000_000_000, example: 512 },
  cpus: { least: 1, most: 1024, example: 1 },
  warmup: { least: 0, most: 1_000_000_000, example: 2 },
  seed: { least: 0, most: 0xffffffff, example: 1 },
} as const satisfies Readonly<Record<string, Bounds>>;

type Numbers = Pick<Wish, 'boots' | 'memory' | 'cpus' | 'warmup' | 'seed'>;

function readNumbers(options: MeasureOptions): Result<Numbers, Usage> {
  for (const name of Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]) {
    const { least, most, example } = BOUNDS[name];
    const text = options[name];
    if (!/^\d+$/.test(text) || Number(text) < least || Number(text) > most) {
      const range = most >= 1_000_000_000 ? `of at least ${least}` : `from ${least} to ${most}`;
      const message = `--${name} ${text} is not a whole number ${range}`;
      return failed({ reason: 'usage', message, hint: `for example --${name} ${example}` });
    }
  }
  const { iterations, memory, cpus, warmup, seed } = options;
  const number = { boots: Number(iterations), memory: Number(memory), cpus: Number(cpus) };
  return success({ ...number, warmup: Number(warmup), seed: Number(seed) });
}

function readScheduling({ pin, realtime, tune }: MeasureOptions): Result<Wish['scheduling'], Usage> {
  const pinned = pin === undefined ? success({}) : readPin(pin);
  const priority = realtime === undefined ? success({}) : readPriority(realtime);
  return pinned.ok && priority.ok
    ? success({ ...pinned.value, ...priority.value, tune: tune === true })
    : pinned.ok
      ? priority
      : pinned;
}

function readPin(text: string): Result<Wish['scheduling'], Usage> {
  const [, vm, stopwatch] = /^(\d{1,4})(?:,(\d{1,4}))?$/.exec(text) ?? [];
  if (vm === undefined) {
    const message = `--pin ${text} is not a processor, nor two with a comma between`;
    const hint = 'for example --pin 1,0: the VM on processor 1, the stopwatch on 0';
    return failed({ reason: 'usage', message, hint });
  }
  return success({ pin: { vm: Number(vm), ...(stopwatch === undefined ? {} : { stopwatch: Number(stopwatch) }) } });
}

function readPriority(text: string): Result<Wish['scheduling'], Usage> {
  return /^[1-9]\d?$/.test(text)
    ? success({ realtime: Number(text) })
    : failed({
        reason: 'usage',
        message: `--realtime ${text} is not a priority from 1 to 99`,
        hint: 'for example --realtime 50',
      });
}

/** Before "--" commander takes no word that begins with "-"; a first word without it was meant for something else. */
function strayWord([first]: readonly string[]): Usage | undefined {
  return first === undefined || first.startsWith('-')
    ? undefined
    : {
        reason: 'usage',
        message: `"${first}" is no option of bootlap measure, nor one of QEMU`,
        hint: 'arguments of QEMU come after "--", such as -- -device virtio-rng-pci',
      };
}

function badTimeout(text: string): Usage | undefined {
  return /^\d+(\.\d+)?(ms|s|m)$/.test(text)
    ? undefined
    : {
        reason: 'usage',
        message: `--timeout ${text} is not a duration with its unit`,
        hint: 'for example --timeout 60s',
      };
}

function absolute(path: string): string {
  return resolve(workingFolder(), withHome(path));
}

/** As a shell does it: a word without a slash is looked up on the PATH. */
function programPath(name: string): string {
  return name.includes('/') ? absolute(name) : (findProgram(name) ?? join(workingFolder(), name));
}

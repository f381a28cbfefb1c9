import type { Usage } from '../../core/failures/recipe.js';
import { failed, success, type Result } from '../../core/result.js';
import type { Phase, Point } from '../../recipe/schema.js';
import type { KernelFormat } from '../../system/kernel-image.js';

/** A port at which a VM is to end; the value that is written there, where the command line says it. */
export interface Exit {
  readonly port: number;
  readonly value?: number;
}

/** Reads `--exit PORT` and `--exit PORT:VALUE`, hexadecimal with `0x` or decimal. Fails with `usage`. */
export function parseExits(texts: readonly string[]): Result<readonly Exit[], Usage> {
  const exits: Exit[] = [];
  for (const text of texts) {
    const exit = parseExit(text);
    const complaint =
      exit === undefined
        ? 'is not PORT or PORT:VALUE'
        : whatIsWrong(
            exit,
            exits.map(({ port }) => port),
          );
    if (exit === undefined || complaint !== undefined) {
      const hint = 'for example --exit 0xf5, or --exit 0xf7:7 for a port and the value that is written to it';
      return failed({ reason: 'usage', message: `--exit ${text} ${complaint ?? ''}`, hint });
    }
    exits.push(exit);
  }
  return success(exits);
}

function parseExit(text: string): Exit | undefined {
  const [, port, value] = /^(0x[0-9a-f]+|\d+)(?::(0x[0-9a-f]+|\d+))?$/i.exec(text) ?? [];
  return port === undefined
    ? undefined
    : { port: Number(port), ...(value === undefined ? {} : { value: Number(value) }) };
}

function whatIsWrong({ port, value }: Exit, before: readonly number[]): string | undefined {
  if (port > 0xffff) {
    return 'is beyond the last port, 0xffff';
  }
  if (before.includes(port)) {
    return 'names a port that another --exit has';
  }
  if (value === undefined) {
    return STANDARD.some((standard) => standard.port === port)
      ? undefined
      : 'needs the value that the guest writes there, because it is none of 0xf5, 0xf4 and 0xf6';
  }
  return value > 127 ? 'has a value beyond 127, of which the exit status does not tell' : undefined;
}

/** What qboot and the patched kernel write, in the order in which a boot comes through it. */
const STANDARD = [
  { port: 0xf5, name: 'firmware', label: 'firmware', phase: 'tQEMU' },
  { port: 0xf4, name: 'kernel', label: 'kernel', phase: 'tFW' },
  { port: 0xf6, name: 'user-space', label: 'user space', phase: 'tKernel' },
] as const;

/** What qboot writes at 0xf4 tells how it starts the kernel; all else comes by multiboot or fw_cfg. */
const KERNEL_VALUES: Readonly<Record<KernelFormat, number>> = { bzImage: 3, pvh: 4, elf: 2 };

/** The points of a recipe for these exits, all three of the standard ones where there are none, in boot order. */
export function pointsOf(exits: readonly Exit[], kernel: KernelFormat): Point[] {
  const wished = exits.length > 0 ? exits : STANDARD;
  const rank = ({ port }: Exit): number => {
    const standard = STANDARD.findIndex((known) => known.port === port);
    return standard < 0 ? STANDARD.length : standard;
  };
  return [...wished].sort((a, b) => rank(a) - rank(b)).map((exit) => pointOf(exit, kernel));
}

function pointOf({ port, value }: Exit, kernel: KernelFormat): Point {
  const standard = STANDARD.find((known) => known.port === port);
  const usual = { firmware: 1, kernel: KERNEL_VALUES[kernel], 'user-space': 2 };
  return standard === undefined
    ? { name: `port-${portText(port)}`, port, value: value ?? 0, label: portText(port) }
    : {
        name: standard.name,
        port,
        value: value ?? usual[standard.name],
        label: `${portText(port)}: ${standard.label}`,
      };
}

/** The time from the start to the first point, and from each point to the next. */
export function phasesOf(points: readonly Point[]): Phase[] {
  return points.map(({ name, port }, index) => {
    const before = points[index - 1];
    const from = before === undefined ? {} : { from: before.name };
    return { name: phaseName(port, before?.port), ...from, to: name };
  });
}

function phaseName(port: number, before: number | undefined): string {
  const index = STANDARD.findIndex((standard) => standard.port === port);
  const standard = STANDARD[index];
  return standard !== undefined && STANDARD[index - 1]?.port === before ? standard.phase : `to ${portText(port)}`;
}

/** `0xf5`. */
export function portText(port: number): string {
  return `0x${port.toString(16)}`;
}

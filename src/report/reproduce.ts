import type { PlanRequest } from '../measure/boot-plan.js';
import { AXES } from '../recipe/cells.js';
import type { Summary } from './summary.js';

/** What a measurement is done again from. */
export interface ReproduceRequest {
  readonly summary: Pick<Summary, 'recipe' | 'machine' | 'measured' | 'cells' | 'stopped'>;
  readonly plan: Pick<PlanRequest, 'boots' | 'warmup' | 'seed'>;
  /** As the recipe has it; missing where it is not known. */
  readonly timeout?: string;
}

/** The recipe of `bootlap measure`, which is in no file. */
const HANDMADE = 'measure';

/** Whether files were measured that somebody else built: then the command names them by place-holders. */
export function isHandmade({ summary }: Pick<ReproduceRequest, 'summary'>): boolean {
  return summary.recipe.name === HANDMADE;
}

/** The command that measures the same again, in the parts between which a line may be broken. */
export function reproduceCommand(request: ReproduceRequest): string[] {
  return isHandmade(request) ? measureCommand(request) : runCommand(request);
}

function runCommand(request: ReproduceRequest): string[] {
  const set = Object.entries(settingsOf(request)).map(([key, value]) => settingOption('--set', key, value));
  return [`bootlap run ${quoted(request.summary.recipe.name)}`, ...set];
}

/** An option that sets a value of a recipe, as a shell takes it. */
export function settingOption(option: '--set' | '--set-a' | '--set-b', key: string, value: string | number): string {
  return `${option} ${quoted(`${key}=${value}`)}`;
}

/** What a recipe has to be set to, to be measured as it was. */
export function settingsOf({
  summary: { machine, measured, cells = [], stopped },
  plan,
  timeout,
}: ReproduceRequest): Readonly<Record<string, string | number>> {
  const { vmCpu, stopwatchCpu, realtime } = measured.scheduling;
  const settings = {
    'measure.method': measured.method,
    ...(stopped === undefined ? { 'measure.boots': plan.boots } : stopSettings(stopped)),
    'measure.warmup': plan.warmup,
    'measure.seed': plan.seed,
    ...(timeout === undefined ? {} : { 'measure.timeout': timeout }),
    ...(vmCpu === undefined ? {} : { 'measure.pin.vm': vmCpu }),
    ...(stopwatchCpu === undefined ? {} : { 'measure.pin.stopwatch': stopwatchCpu }),
    ...(realtime === undefined ? {} : { 'measure.realtime': realtime.priority }),
    ...(measured.tuned === undefined ? {} : { 'measure.tune': 'true' }),
    'machine.accel': machine.accelerator,
    'machine.type': machine.type,
    ...(machine.cpu === undefined ? {} : { 'machine.cpu': machine.cpu }),
    'machine.memory': machine.memoryMib,
    'machine.cpus': machine.processors,
    'machine.append': machine.append,
    ...(machine.arguments.length === 0 ? {} : { 'machine.arguments': JSON.stringify(machine.arguments) }),
  };
  return withMatrix(settings, cells);
}

function stopSettings({ asked }: NonNullable<Summary['stopped']>): Record<string, string | number> {
  const { for: time, until } = asked;
  return {
    ...(time === undefined ? {} : { 'measure.for': time }),
    ...(until === undefined ? {} : { 'measure.until': until }),
    'measure.max-boots': asked['max-boots'],
  };
}

/** What a matrix varies is set there, and not of the machine. */
function withMatrix(
  settings: Readonly<Record<string, string | number>>,
  cells: NonNullable<Summary['cells']>,
): Readonly<Record<string, string | number>> {
  const varied = AXES.flatMap((axis) => {
    const values = [...new Set(cells.flatMap((cell) => cell.values[axis] ?? []))];
    return values.length === 0 ? [] : [[axis, values] as const];
  });
  const isVaried = (key: string): boolean => varied.some(([axis]) => key === `machine.${axis}`);
  return {
    ...Object.fromEntries(Object.entries(settings).filter(([key]) => !isVaried(key))),
    ...Object.fromEntries(varied.map(([axis, values]) => [`matrix.${axis}`, JSON.stringify(values)])),
  };
}

function measureCommand({ summary: { machine, measured }, plan, timeout }: ReproduceRequest): string[] {
  return [
    'bootlap measure -b HYPERVISOR -f FIRMWARE -k KERNEL',
    `--iterations ${plan.boots} --warmup ${plan.warmup} --seed ${plan.seed}${timeout === undefined ? '' : ` --timeout ${timeout}`}`,
    `--machine ${quoted(machine.type)} --accel ${machine.accelerator} --memory ${machine.memoryMib} --cpus ${machine.processors}`,
    `--append ${quoted(machine.append)}`,
    ...(machine.cpu === undefined ? [] : [`--cpu ${quoted(machine.cpu)}`]),
    ...(measured.method === 'exit' ? [] : [`--method ${measured.method}`]),
    ...placementOptions(measured),
    ...(machine.arguments.length === 0 ? [] : [`-- ${machine.arguments.map(quoted).join(' ')}`]),
  ];
}

function placementOptions({ scheduling, tuned }: ReproduceRequest['summary']['measured']): string[] {
  const { vmCpu, stopwatchCpu, realtime } = scheduling;
  return [
    ...(vmCpu === undefined ? [] : [`--pin ${vmCpu}${stopwatchCpu === undefined ? '' : `,${stopwatchCpu}`}`]),
    ...(realtime === undefined ? [] : [`--realtime ${realtime.priority}`]),
    ...(tuned === undefined ? [] : ['--tune']),
  ];
}

/** A word as a shell takes it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

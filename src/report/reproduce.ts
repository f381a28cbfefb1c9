import type { PlanRequest } from '../measure/boot-plan.js';
import type { Summary } from './summary.js';

/** What a measurement is done again from. */
export interface ReproduceRequest {
  readonly summary: Pick<Summary, 'recipe' | 'machine' | 'measured'>;
  readonly plan: PlanRequest;
  /** As the recipe has it. */
  readonly timeout: string;
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

function runCommand({ summary: { recipe, machine, measured }, plan, timeout }: ReproduceRequest): string[] {
  const settings: Readonly<Record<string, string | number>> = {
    'measure.method': measured.method,
    'measure.boots': plan.boots,
    'measure.warmup': plan.warmup,
    'measure.seed': plan.seed,
    'measure.timeout': timeout,
    'machine.accel': machine.accelerator,
    'machine.type': machine.type,
    ...(machine.cpu === undefined ? {} : { 'machine.cpu': machine.cpu }),
    'machine.memory': machine.memoryMib,
    'machine.cpus': machine.processors,
    'machine.append': machine.append,
    ...(machine.arguments.length === 0 ? {} : { 'machine.arguments': JSON.stringify(machine.arguments) }),
  };
  const set = Object.entries(settings).map(([key, value]) => `--set ${quoted(`${key}=${value}`)}`);
  return [`bootlap run ${quoted(recipe.name)}`, ...set];
}

function measureCommand({ summary: { machine, measured }, plan, timeout }: ReproduceRequest): string[] {
  return [
    'bootlap measure -b HYPERVISOR -f FIRMWARE -k KERNEL',
    `--iterations ${plan.boots} --warmup ${plan.warmup} --seed ${plan.seed} --timeout ${timeout}`,
    `--machine ${quoted(machine.type)} --accel ${machine.accelerator} --memory ${machine.memoryMib} --cpus ${machine.processors}`,
    `--append ${quoted(machine.append)}`,
    ...(machine.cpu === undefined ? [] : [`--cpu ${quoted(machine.cpu)}`]),
    ...(measured.method === 'exit' ? [] : [`--method ${measured.method}`]),
    ...(machine.arguments.length === 0 ? [] : [`-- ${machine.arguments.map(quoted).join(' ')}`]),
  ];
}

/** As a shell takes it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

import type { StepContext } from '../core/step.js';
import type { BootMethod, MeasuringMethod } from '../measure/boot-plan.js';
import { readableDuration } from '../measure/duration.js';
import { series, type Sample } from '../measure/samples.js';
import { median } from '../measure/statistics/describe.js';
import type { Recipe } from '../recipe/schema.js';

/** What a measurement's progress is told with. */
export interface BootProgress {
  readonly recipe: Recipe;
  readonly context: StepContext;
  readonly method: MeasuringMethod;
  /** Boots of the whole plan. */
  readonly total: number;
}

/** Tells how far a measurement is, with the running medians, and how its last boot came out. */
export function tellProgress(samples: readonly Sample[], progress: BootProgress): void {
  const { context, total } = progress;
  context.progress({ done: samples.length, total, unit: 'boots', note: runningMedians(samples, progress) });
  const last = samples.at(-1);
  if (last !== undefined) {
    logBoot(last, context);
  }
}

/** Of both methods, those of the traced boots: with all of them the line would be too long to read. */
function runningMedians(samples: readonly Sample[], { recipe, method }: BootProgress): string {
  const shown: BootMethod = method === 'exit' ? 'exit' : 'trace';
  return recipe.points
    .map(({ name }) => ({ name, durations: series(samples, name, shown) }))
    .filter(({ durations }) => durations.length > 0)
    .map(({ name, durations }) => `${name} ${readableDuration(median(durations))}`)
    .join(', ');
}

/** Writes down how a boot came out, and warns of one that failed. */
export function logBoot(sample: Sample, context: StepContext): void {
  const { boot, outcome, elapsedNs } = sample;
  const kind = `${sample.warmup ? 'warm-up' : 'boot'} ${boot} ${destination(sample)}`;
  context.log.line(`${kind}: ${outcome} after ${readableDuration(Number(elapsedNs))}${stampsOf(sample)}`);
  if (outcome !== 'reached') {
    const [last = 'nothing on its console'] = [...(sample.console ?? []), ...(sample.errors ?? [])].slice(-1);
    const words = `boot ${boot} ${destination(sample)} is no sample: it ${WORDS[outcome]} (${last})`;
    context.notice('warning', words);
    sample.console?.forEach((line) => context.log.line(`  ${line}`));
    sample.errors?.forEach((line) => context.log.line(`  ${line}`));
  }
}

function destination({ arm, method, point }: Sample): string {
  const whose = arm === undefined ? '' : `of ${arm.toUpperCase()} `;
  return `${whose}${method === 'trace' ? 'through all points ' : ''}to "${point}"`;
}

function stampsOf({ markersNs = {}, writes = [] }: Sample): string {
  const stamps = [
    ...Object.entries(markersNs).map(([point, ns]) => `${point} ${readableDuration(Number(ns))}`),
    ...writes.map(({ port, value, ns }) => `0x${port.toString(16)}=${value} ${readableDuration(Number(ns))}`),
  ];
  return stamps.length === 0 ? '' : ` (${stamps.join(', ')})`;
}

const WORDS: Readonly<Record<Exclude<Sample['outcome'], 'reached'>, string>> = {
  hung: 'hung',
  panicked: 'panicked',
  crashed: 'crashed',
  refused: 'was refused by the hypervisor',
  reset: 'rebooted',
  'other-status': 'ended with another status',
  'wrong-value': 'wrote another value at the port of a point',
  'point-missing': 'came to the last point without showing one before it',
  'out-of-order': 'showed its points in another order',
};

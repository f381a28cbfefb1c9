import type { StepContext } from '../core/step.js';
import { readableDuration } from '../measure/duration.js';
import { RunningMedian } from '../measure/running-median.js';
import type { Sample } from '../measure/samples.js';

/** A running median that is shown while boots are made. */
export interface ShownMedian {
  readonly label: string;
  /** What a boot adds to it, in nanoseconds, if it does. */
  readonly durationOf: (sample: Sample) => number | undefined;
}

/** What a measurement's progress is told with. */
export interface BootProgressRequest {
  readonly context: StepContext;
  /** Boots of the whole plan; missing where a rule decides how many there are. */
  readonly total?: number;
  readonly medians: readonly ShownMedian[];
  /** Which of several machines the medians are of. */
  readonly of?: string;
  /** How near the end is, where a rule decides. */
  readonly rule?: () => string;
}

/** Tells how far a measurement is, with the running medians, and how each boot came out. */
export class BootProgress {
  private done = 0;
  private readonly medians: readonly (ShownMedian & { readonly of: RunningMedian })[];

  constructor(private readonly request: BootProgressRequest) {
    this.medians = request.medians.map((shown) => ({ ...shown, of: new RunningMedian() }));
  }

  /** Takes the next boot; one that was there already is counted and not told. */
  add(sample: Sample, origin: 'found' | 'booted'): void {
    this.done += 1;
    for (const { of, durationOf } of this.medians) {
      const duration = durationOf(sample);
      if (duration !== undefined) {
        of.add(duration);
      }
    }
    if (origin === 'booted') {
      this.tell();
      logBoot(sample, this.request.context);
    }
  }

  private tell(): void {
    const { context, total, rule, of: machine } = this.request;
    const medians = this.medians
      .filter(({ of: { median } }) => !Number.isNaN(median))
      .map(({ label, of: { median } }) => `${label} ${readableDuration(median)}`);
    const whose = machine === undefined || medians.length === 0 ? '' : `${machine}: `;
    const told = [...(rule === undefined ? [] : [rule()]), `${whose}${medians.join(', ')}`];
    const note = told.filter((words) => words !== '').join(', ');
    context.progress({
      done: this.done,
      ...(total === undefined ? {} : { total }),
      unit: 'boots',
      // Nothing is known before the first boot that counts.
      ...(note === '' ? {} : { note }),
    });
  }
}

/** Writes down how a boot came out, and warns of one that failed. */
function logBoot(sample: Sample, context: StepContext): void {
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

function destination({ arm, cell, method, point }: Sample): string {
  const whose = `${arm === undefined ? '' : `of ${arm.toUpperCase()} `}${cell === undefined ? '' : `with ${cell} `}`;
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

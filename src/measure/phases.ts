import type { Phase } from '../recipe/schema.js';
import type { BootMethod } from './boot-plan.js';
import { pairedSeries, series, type Sample } from './samples.js';
import { medianInterval, medianSumInterval, type Interval, type MedianSum } from './statistics/bootstrap.js';
import { median } from './statistics/describe.js';

/** How long a phase took. */
export interface PhaseDuration {
  readonly name: string;
  readonly label?: string;
  /** Point at which it begins; missing for the start of the VM. */
  readonly from?: string;
  readonly to: string;
  /** Name of the phase that it is a part of. */
  readonly in?: string;
  /** In nanoseconds; missing where one of its points has no sample. */
  readonly median?: number;
  /** 95 % interval of `median`, in nanoseconds; there whenever `median` is. */
  readonly interval?: Interval;
}

/** Of which boots phases are worked out, and how the chance in it is seeded. */
export interface PhaseRequest {
  readonly samples: readonly Sample[];
  readonly method: BootMethod;
  readonly seed: number;
}

/**
 * How long each phase took. `exit`: the difference of the medians of its two points, which are of different boots, with
 * the interval of that difference. `trace`: the median of the differences within a boot, with its interval.
 * A negative difference is left as it is: it says that the boots vary more than the phase lasts.
 */
export function phaseDurations(phases: readonly Phase[], request: PhaseRequest): PhaseDuration[] {
  return phases.map((phase) => {
    const { name, label, from, to } = phase;
    const terms = termsOf(phase, request);
    return {
      name,
      ...(label === undefined ? {} : { label }),
      ...(from === undefined ? {} : { from }),
      to,
      ...(phase.in === undefined ? {} : { in: phase.in }),
      ...estimate(terms, request.seed),
    };
  });
}

/** By how much one method shows a phase longer than the other does. Nanoseconds. */
export interface MethodsApart {
  readonly phase: string;
  /** `exit` minus `trace`. */
  readonly difference: number;
  /** 95 %. */
  readonly interval: Interval;
}

/** How far the two methods are apart in each phase that both have a figure of. */
export function methodsApart(
  phases: readonly Phase[],
  { samples, seed }: Omit<PhaseRequest, 'method'>,
): MethodsApart[] {
  return phases.flatMap((phase) => {
    const exit = termsOf(phase, { samples, method: 'exit' });
    const trace = termsOf(phase, { samples, method: 'trace' });
    const both = { added: [...exit.added, ...trace.taken], taken: [...exit.taken, ...trace.added] };
    const { median: difference, interval } = estimate(both, seed);
    return difference === undefined || interval === undefined ? [] : [{ phase: phase.name, difference, interval }];
  });
}

/** The series whose medians make up a phase. */
function termsOf({ from, to }: Phase, { samples, method }: Omit<PhaseRequest, 'seed'>): MedianSum {
  if (method === 'trace') {
    return { added: [pairedSeries(samples, from, to)], taken: [] };
  }
  return { added: [series(samples, to, method)], taken: from === undefined ? [] : [series(samples, from, method)] };
}

function estimate(terms: MedianSum, seed: number): Pick<PhaseDuration, 'median' | 'interval'> {
  const interval = intervalOf(terms, seed);
  if (interval === undefined) {
    return {};
  }
  return {
    median: Math.round(sumOfMedians(terms.added) - sumOfMedians(terms.taken)),
    interval: { low: Math.round(interval.low), high: Math.round(interval.high) },
  };
}

function intervalOf(terms: MedianSum, seed: number): Interval | undefined {
  const [only, ...others] = terms.added;
  return only !== undefined && others.length + terms.taken.length === 0
    ? medianInterval(only, { seed })
    : medianSumInterval(terms, { seed });
}

function sumOfMedians(all: readonly (readonly number[])[]): number {
  return all.reduce((sum, series) => sum + median(series), 0);
}

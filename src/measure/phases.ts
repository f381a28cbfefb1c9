import type { Phase } from '../recipe/schema.js';

/** How long a phase took. */
export interface PhaseDuration {
  readonly name: string;
  readonly label?: string;
  /** Point at which it begins; missing for the start of the VM. */
  readonly from?: string;
  readonly to: string;
  /** Difference of the medians of its two points, in nanoseconds; missing where one of them has no sample. */
  readonly median?: number;
}

/**
 * Each phase as the difference of its points' medians. A negative difference is left as it is: it says that the
 * boots vary more than the phase lasts.
 * @param medians point -> median in nanoseconds
 */
export function phaseDurations(phases: readonly Phase[], medians: Readonly<Record<string, number>>): PhaseDuration[] {
  return phases.map(({ name, label, from, to }) => {
    const begin = from === undefined ? 0 : medians[from];
    const end = medians[to];
    return {
      name,
      ...(label === undefined ? {} : { label }),
      ...(from === undefined ? {} : { from }),
      to,
      ...(begin === undefined || end === undefined ? {} : { median: end - begin }),
    };
  });
}

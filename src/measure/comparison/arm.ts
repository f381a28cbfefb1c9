import type { BootMethod } from '../boot-plan.js';
import { pairedSeries, series, type Sample } from '../samples.js';
import type { Quantity } from './quantity.js';

/** One side of a comparison: what was measured and what its boots came to. */
export interface Arm {
  /** How its figures are had; of samples of both methods, those of this one count. */
  readonly method: BootMethod;
  /** In the order in which a boot comes through them. */
  readonly points: readonly { readonly name: string; readonly label?: string }[];
  readonly phases: readonly ArmPhase[];
  readonly samples: readonly Sample[];
}

/** The time between two points. */
export interface ArmPhase {
  readonly name: string;
  readonly label?: string;
  /** Missing for the start of the VM. */
  readonly from?: string;
  readonly to: string;
  /** The phase that it is a part of. */
  readonly in?: string;
}

/** The time from the start of the VM to a point. */
export function pointQuantity({ samples, method }: Arm, point: string): Quantity {
  return { of: 'boots', series: series(samples, point, method) };
}

/**
 * The time of a phase. A traced boot has one of its own; of boots that end at a point, each has its beginning or its
 * end only, unless it begins with the VM.
 */
export function phaseQuantity({ samples, method }: Arm, { from, to }: ArmPhase): Quantity {
  if (method === 'trace') {
    return { of: 'boots', series: pairedSeries(samples, from, to) };
  }
  const later = series(samples, to, method);
  return from === undefined
    ? { of: 'boots', series: later }
    : { of: 'medians', earlier: series(samples, from, method), later };
}

import type { AcceleratorReason } from '../measure/accelerator.js';
import type { TwoModes } from '../measure/statistics/modes.js';
import type { Outcome } from '../measure/verdict.js';

/** Something that stands against the figures, as plain data. Durations in nanoseconds. */
export type Warning =
  | FailedBoots
  | FailedWarmup
  | Emulated
  | WideInterval
  | FirstBootsSlow
  | SessionsApart
  | Drifting
  | InTwoModes
  | ManyOutliers
  | BusyHost
  | SiblingBusy
  | SmtUnpinned
  | StolenTime
  | Governor
  | Turbo;

/** Boots that had to count came to nothing. */
export interface FailedBoots {
  readonly kind: 'failed-boots';
  readonly failed: number;
  readonly counted: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
}

/** Boots of the warm-up came to nothing. */
export interface FailedWarmup {
  readonly kind: 'failed-warmup';
  readonly failed: number;
  readonly boots: number;
}

/** No KVM, though the recipe did not ask for going without. */
export interface Emulated {
  readonly kind: 'emulated';
  readonly reason: AcceleratorReason;
}

/** There are few boots, for how much they vary. */
export interface WideInterval {
  readonly kind: 'few-boots';
  readonly point: string;
  readonly n: number;
  readonly median: number;
  /** From end to end of the interval of the median. */
  readonly width: number;
  /** True where they are fewer than an interval needs, however narrow it is. */
  readonly few: boolean;
  /** Boots with which it would be narrow enough. */
  readonly enough: number;
}

/** The first boots that count are slower than the later ones. */
export interface FirstBootsSlow {
  readonly kind: 'first-boots-slow';
  readonly point: string;
  /** How many of them. */
  readonly first: number;
  /** Of their median from that of the rest. */
  readonly difference: number;
  /** Of the rest. */
  readonly median: number;
  /** Warm-up boots with which they would not count. */
  readonly warmup: number;
}

/** Boots that were added later, or after a kill, are slower or faster than those before. */
export interface SessionsApart {
  readonly kind: 'sessions-apart';
  readonly point: string;
  /** The one that is, from 2. */
  readonly session: number;
  /** How many there are. */
  readonly sessions: number;
  /** Of its median from that of all boots before it. */
  readonly difference: number;
  /** Of the boots before it. */
  readonly median: number;
}

/** Later boots are slower, or faster. */
export interface Drifting {
  readonly kind: 'drift';
  readonly point: string;
  /** Rank correlation with the order, -1 to 1. */
  readonly correlation: number;
  readonly p: number;
  /** Median of the last third less that of the first third. */
  readonly change: number;
  readonly median: number;
}

/** The boots fall into two groups. */
export interface InTwoModes extends TwoModes {
  readonly kind: 'two-modes';
  readonly point: string;
}

/** Many boots stand apart from the rest. */
export interface ManyOutliers {
  readonly kind: 'outliers';
  readonly point: string;
  readonly outliers: number;
  readonly n: number;
}

/** Something else was running. */
export interface BusyHost {
  readonly kind: 'busy-host';
  /** Load average of one minute when it began. */
  readonly load: number;
  /** Processors that other programs had while boots were timed; missing where only the load is known. */
  readonly others?: number;
  readonly processors: number;
}

/** Something ran on the other thread of the VM's core. */
export interface SiblingBusy {
  readonly kind: 'sibling-busy';
  /** Processor that the VM was pinned to. */
  readonly processor: number;
  readonly siblings: readonly number[];
  /** Share of the time, 0 to 1. */
  readonly busy: number;
}

/** Two threads share a core, and the VM was on whichever there was. */
export interface SmtUnpinned {
  readonly kind: 'smt-unpinned';
  readonly processors: number;
  readonly cores: number;
}

/** This machine is a guest, and its host gave it less time than it asked for. */
export interface StolenTime {
  readonly kind: 'stolen-time';
  /** Of its processors' time, 0 to 1. */
  readonly share: number;
}

/** The processor's frequency follows its load. */
export interface Governor {
  readonly kind: 'governor';
  readonly governor: string;
}

/** The processor's frequency follows its temperature. */
export interface Turbo {
  readonly kind: 'turbo';
}

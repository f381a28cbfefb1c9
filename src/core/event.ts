import type { CompileTally } from './compilations.js';
import type { Digest } from './digest.js';
import type { Failure } from './failure.js';
import type { Component, Progress, StepName } from './step.js';

/** How a step ended. `fresh`: outputs in place and verified; `restored`: brought back from the cache. */
export type StepStatus = 'fresh' | 'restored' | 'ran' | 'failed' | 'skipped';

/** What a plan says of a step. */
export type StepState = 'fresh' | 'restorable' | 'stale';

/** What happens during a run, as it happens. The UI draws these; `--json` prints them. */
export type RunEvent =
  | { readonly event: 'run'; readonly run: string; readonly recipe: string; readonly folder: string }
  | { readonly event: 'waiting'; readonly pid: number; readonly command: string }
  | {
      readonly event: 'start';
      readonly step: StepName;
      readonly title: string;
      readonly expectedSeconds?: number;
      readonly because: readonly string[];
    }
  | { readonly event: 'progress'; readonly step: StepName; readonly progress: Progress }
  | { readonly event: 'line'; readonly step: StepName; readonly text: string }
  | { readonly event: 'notice'; readonly step?: StepName; readonly level: 'info' | 'warning'; readonly text: string }
  | Sending
  | StepEnd
  | { readonly event: 'end'; readonly seconds: number; readonly failures: readonly StepFailure[] };

/** Every step has ended, and results are still on their way to the shared cache. */
export interface Sending {
  readonly event: 'sending';
  readonly host: string;
  /** How many are not through yet. */
  readonly results: number;
  /** How many bytes have gone in this run. */
  readonly bytes: number;
  /** Whose result is under way, and how far its file is. */
  readonly step?: StepName;
  readonly progress?: Progress;
}

/** The end of one step. */
export interface StepEnd {
  readonly event: 'step';
  readonly step: StepName;
  readonly status: StepStatus;
  /** Wall time spent on it in this run. */
  readonly seconds: number;
  /** Missing where a step was skipped before its inputs were known. */
  readonly fingerprint?: Digest;
  /** When its outputs were made, ISO 8601. */
  readonly madeAt?: string;
  /** The host of the shared cache that it was restored from, where it was not in the workspace's own. */
  readonly from?: string;
  /** Where it ran with ccache: what came of that. */
  readonly compiled?: CompileTally;
  /** Why it was skipped. */
  readonly because?: string;
}

/** A failure and the step that met it. */
export interface StepFailure {
  readonly step?: StepName;
  readonly component?: Component;
  readonly log?: string;
  readonly failure: Failure;
}

/** Where events go. */
export type EventSink = (event: RunEvent) => void;

import type { KnobState } from '../system/tuning/knobs.js';

/**
 * What `--tune` came to while boots were timed. `set`: in force; `partly`: on some processors, or in some of the sessions
 * only; `refused`: not permitted; `missing`: this host has no such thing.
 */
export interface TunedRecord {
  /** `performance` */
  readonly governor: KnobState;
  /** Off. */
  readonly turbo: KnobState;
  /** Off, for the hypervisor alone. */
  readonly aslr: KnobState;
}

/** It in one line, for a person. */
export function tunedText({ governor, turbo, aslr }: TunedRecord): string {
  return [
    `governor ${governor === 'set' ? 'performance' : SHORTFALL[governor]}`,
    `turbo ${turbo === 'set' ? 'off' : SHORTFALL[turbo]}`,
    `ASLR ${aslr === 'set' ? 'off' : SHORTFALL[aslr]}`,
  ].join(', ');
}

const SHORTFALL: Readonly<Record<Exclude<KnobState, 'set'>, string>> = {
  partly: 'set in part',
  refused: 'could not be set',
  missing: 'not to be set here',
};

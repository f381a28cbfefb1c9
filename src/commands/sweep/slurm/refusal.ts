/**
 * Why sbatch has taken nothing: `full`, there is no room for more jobs; `limit`, the user has as many as the site allows, or
 * asks for more than it allows; `silent`, the controller does not answer; `refused`, it will not do so later either.
 */
export type Refusal = 'full' | 'limit' | 'silent' | 'refused';

const KINDS: readonly (readonly [Refusal, RegExp])[] = [
  ['full', /queue full|temporarily unable to accept|Resource temporarily unavailable|creation temporarily disabled/i],
  ['limit', /job submit limit|MaxSubmitJob/i],
  [
    'silent',
    /Unable to contact slurm|Socket timed out|Zero Bytes were transmitted|Connection (?:refused|reset|timed out)|Transport endpoint|load job state information, retrying|retrying in 1sec/i,
  ],
];

/** Of what sbatch said as it failed. */
export function refusalOf(words: string): Refusal {
  return KINDS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'refused';
}

import type { CompileTally } from '../../core/compilations.js';

/** Sums up the file that ccache's setting `stats_log` names: for each call a line `# file`, then its counters. */
export function readTally(by: string, text: string): CompileTally {
  const lines = text.split('\n');
  const count = (...names: readonly string[]): number => lines.filter((line) => names.includes(line)).length;
  return {
    by,
    hits: count('direct_cache_hit', 'preprocessed_cache_hit'),
    shared: count('remote_storage_hit'),
    misses: count('cache_miss'),
  };
}

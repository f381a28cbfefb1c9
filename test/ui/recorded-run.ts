import type { RunEvent } from '../../src/core/event.js';
import type { Digest } from '../../src/core/digest.js';

/** Steps of a small recipe. */
export const STEPS = ['fetch:kernel', 'patch:kernel', 'make:kernel', 'probe', 'measure'].map((name) => ({
  name,
  title: `do ${name}`,
}));

const fingerprint = 'c'.repeat(64) as Digest;

/** A run as the engine tells it: one step fresh, one restored, two that ran, one that failed, one skipped. */
export const EVENTS: readonly RunEvent[] = [
  { event: 'waiting', pid: 4711, command: 'bootlap run nemu' },
  { event: 'run', run: '20261122T090000Z-stock-ab12', recipe: 'stock', folder: '/w/runs/20261122T090000Z-stock-ab12' },
  { event: 'step', step: 'fetch:kernel', status: 'fresh', seconds: 0.01, fingerprint },
  { event: 'step', step: 'patch:kernel', status: 'restored', seconds: 0.2, fingerprint },
  {
    event: 'start',
    step: 'make:kernel',
    title: 'build the kernel',
    expectedSeconds: 200,
    because: ['tool cc: 12 -> 13', 'b', 'c'],
  },
  { event: 'line', step: 'make:kernel', text: '  CC      init/main.o' },
  { event: 'notice', step: 'make:kernel', level: 'warning', text: 'hunk 1 went in 12 lines lower' },
  {
    event: 'step',
    step: 'make:kernel',
    status: 'ran',
    seconds: 190.2,
    fingerprint,
    compiled: { by: 'ccache 4.7.5', hits: 3, shared: 1, misses: 1004 },
  },
  { event: 'notice', level: 'info', text: 'KVM cannot be used here: boots run with TCG' },
  { event: 'start', step: 'probe', title: 'boot once per point', because: [] },
  { event: 'progress', step: 'probe', progress: { done: 1, total: 3, unit: 'boots' } },
  { event: 'step', step: 'probe', status: 'failed', seconds: 30.1, fingerprint },
  { event: 'step', step: 'measure', status: 'skipped', seconds: 0, because: 'probe failed' },
  { event: 'end', seconds: 221, failures: [{ step: 'probe', failure: { reason: 'offline', what: 'x' } }] },
];
